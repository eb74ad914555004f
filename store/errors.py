"""The root of the errors that somebody at the keyboard can mend."""

from __future__ import annotations


class Mendable(Exception):
    """Something the person who runs the program can mend; the message says what, where and the cure.

    The command line prints the message of every such error, and no traceback.
    """
