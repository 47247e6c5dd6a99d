"""A hash of results that does not depend on how a frame lies in memory."""

import hashlib
from collections.abc import Iterable

import numpy as np
import polars as pl


def digest(frames: Iterable[pl.DataFrame]) -> str:
    """
    Hash frames: their columns' names, types and values, bit for bit.

    Parameters
    ----------
    frames : iterable of polars.DataFrame
        Frames of texts, numbers, booleans and timestamps.

    Returns
    -------
    str
        SHA-256 in hexadecimal.
    """
    sha = hashlib.sha256()
    for frame in frames:
        sha.update(f"{frame.height}".encode())
        for column in frame.iter_columns():
            sha.update(f"\0{column.name}\0{column.dtype}\0".encode())
            for part in _parts(column):
                sha.update(part)
    return sha.hexdigest()


def _parts(column: pl.Series) -> list[bytes]:
    """Write a column as bytes: which values exist, then the values."""
    exists = column.is_not_null().to_numpy().astype(np.uint8).tobytes()
    if column.dtype == pl.String:
        texts = column.fill_null("")
        lengths = texts.str.len_bytes().to_numpy().astype("<i8").tobytes()
        joined: str = texts.str.join("").item() if len(texts) else ""
        return [exists, lengths, joined.encode()]
    numbers = column.to_physical()
    if numbers.dtype.is_float():
        return [exists, numbers.fill_null(0.0).to_numpy().astype("<f8").tobytes()]
    whole = numbers.cast(pl.Int64).fill_null(0)
    return [exists, whole.to_numpy().astype("<i8").tobytes()]
