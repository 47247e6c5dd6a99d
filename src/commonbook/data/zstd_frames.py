"""Whether a file compressed by Zstandard is whole."""

from pathlib import Path

from commonbook.core.errors import DataError

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
#: Frames whose number is one of 16 in a row hold something else and are skipped.
SKIPPABLE = 0x184D2A50
RAW_LENGTH_TYPE = 1  # a block of one byte repeated


def check_frames(path: Path, data: bytes) -> None:
    """
    Check that the last frame of compressed data has its end.

    Decoders that are fed piece by piece take a file that was cut for a pause.

    Parameters
    ----------
    path : Path
        The file, for messages.
    data : bytes
        What is in it.

    Raises
    ------
    DataError
        If the file is cut, or something else follows a frame.

    References
    ----------
    RFC 8878, Zstandard compression, section 3.1.
    """
    place = 0
    while place < len(data):
        try:
            end = _frame_end(data, place)
        except (IndexError, ValueError):
            end = len(data) + 1
        if end > len(data):
            message = (
                f"{path}: truncated or damaged: the compressed frame at byte {place} "
                f"has no end in {len(data)} bytes"
            )
            raise DataError(message)
        place = end


def _frame_end(data: bytes, place: int) -> int:
    """Give where a frame ends, from the lengths that it states."""
    magic = int.from_bytes(data[place : place + 4], "little")
    if magic & ~0xF == SKIPPABLE:
        return place + 8 + int.from_bytes(data[place + 4 : place + 8], "little")
    if data[place : place + 4] != ZSTD_MAGIC:
        raise ValueError
    descriptor = data[place + 4]
    is_single = descriptor >> 5 & 1
    place += 5 + (1 - is_single)
    place += (0, 1, 2, 4)[descriptor & 3]
    place += (is_single, 2, 4, 8)[descriptor >> 6]
    is_last = False
    while not is_last:
        header = data[place] | data[place + 1] << 8 | data[place + 2] << 16
        is_last = bool(header & 1)
        is_repeated = header >> 1 & 3 == RAW_LENGTH_TYPE
        place += 3 + (1 if is_repeated else header >> 3)
    return place + 4 * (descriptor >> 2 & 1)
