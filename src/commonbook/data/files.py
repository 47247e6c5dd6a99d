"""Bytes of a file, plain or compressed."""

import gzip
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path

from commonbook.core.errors import DataError

DECOMPRESS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".xz": lzma.decompress,
}
UNSUPPORTED = (".zst", ".zip", ".bz2", ".7z")


def read_bytes(path: Path) -> bytes:
    """
    Read a whole file.

    Parameters
    ----------
    path : Path
        The file; ``.gz`` and ``.xz`` are decompressed.

    Returns
    -------
    bytes
        What is in it.

    Raises
    ------
    DataError
        If it cannot be read, is empty or its compression is broken.
    """
    suffix = path.suffix.lower()
    if suffix in UNSUPPORTED:
        message = f"{path}: {suffix} cannot be read; give a plain, .gz or .xz file"
        raise DataError(message)
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise DataError(message) from error
    try:
        data = DECOMPRESS.get(suffix, bytes)(data)
    except (EOFError, OSError, lzma.LZMAError, zlib.error) as error:
        message = f"{path}: truncated or not a {suffix} file: {error}"
        raise DataError(message) from None
    if not data or data.isspace():
        message = f"{path}: the file is empty"
        raise DataError(message)
    return data
