"""The one error of this room that an operator reads."""


class StoreTrouble(Exception):
    """The database cannot be used; the text says why and what to do."""
