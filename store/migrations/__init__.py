"""The steps that made the tables what they are. One file in `versions/` a change, never edited once released.

`python -m store.migrations "what changes"` writes the next one from the difference to store/tables.py; add its revision here.
"""

REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
)  # in order; kept by hand so that opening an up-to-date database need not import Alembic (0.3 s)
HEAD = REVISIONS[-1]
