"""`python -m prospect` is `prospect`."""

from prospect.cli import main

main()
