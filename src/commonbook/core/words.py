"""Numbers with their nouns, as people write them."""


def counted(number: int, one: str, many: str = "") -> str:
    """
    Write a number before what it counts.

    Parameters
    ----------
    number : int
        How many.
    one : str
        What one of them is called.
    many : str, default ""
        What several are called; by default `one` with an ``s``.

    Returns
    -------
    str
        Such as ``1 packet`` or ``1,234 packets``.
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
