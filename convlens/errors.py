"""The exceptions whose text is written for the visitor."""


class InputError(ValueError):
    """Something the visitor gave cannot be used.

    Its text says what happened, what was expected and how to mend it, and shows the value received. Pages print it as
    it is; every other exception is a fault of ours.
    """


class BusyError(InputError):
    """What computes is not free, not there, or took too long: the visitor may try again."""
