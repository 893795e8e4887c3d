"""*The code* of a panel, run as a student would run it."""


def run(code: str) -> dict:
    """Its names and their values; in the working folder, see the fixture ``student_folder``."""
    namespace: dict = {}
    exec(compile(code, "snippet", "exec"), namespace)
    return namespace
