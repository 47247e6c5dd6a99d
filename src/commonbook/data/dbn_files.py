"""DBN files, raw or compressed, as arrays of records."""

from dataclasses import dataclass
from pathlib import Path

import databento_dbn
import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.errors import DataError
from commonbook.core.jit import kernel
from commonbook.data.zstd_frames import ZSTD_MAGIC, check_frames

DBN_MAGIC = b"DBN"
#: A file of the format before DBN: a skippable frame that holds this word.
DBZ_MAGIC = b"DBZ"
#: Compressed bytes that are decoded at one time.
CHUNK = 1 << 20
#: Magic, version and the length of the metadata.
PRELUDE = 8
#: Layouts stay those of the file's version.
AS_IS = databento_dbn.VersionUpgradePolicy(1)
#: What the decoder raises when bytes are not what they should be.
DECODER_ERRORS = (databento_dbn.DBNError, RuntimeError, ValueError)
#: Bytes that each record has more when it says when it was sent.
TS_OUT = 8
#: A record says its length in words of this many bytes.
WORD = 4

_HEADER = [
    ("length", "u1"),
    ("rtype", "u1"),
    ("publisher_id", "<u2"),
    ("instrument_id", "<u4"),
    ("ts_event", "<u8"),
]
MBO = np.dtype(
    [
        *_HEADER,
        ("order_id", "<u8"),
        ("price", "<i8"),  # [1e-9 currency]
        ("size", "<u4"),
        ("flags", "u1"),
        ("channel_id", "u1"),
        ("action", "S1"),
        ("side", "S1"),
        ("ts_recv", "<u8"),
        ("ts_in_delta", "<i4"),
        ("sequence", "<u4"),
    ]
)
PRICE_LEVEL = np.dtype(
    [
        ("bid", "<i8"),  # [1e-9 currency]
        ("ask", "<i8"),
        ("bid_size", "<u4"),
        ("ask_size", "<u4"),
        ("bid_count", "<u4"),
        ("ask_count", "<u4"),
    ]
)


def _mbp(n_levels: int) -> np.dtype[np.void]:
    return np.dtype(
        [
            *_HEADER,
            ("price", "<i8"),  # [1e-9 currency]
            ("size", "<u4"),
            ("action", "S1"),
            ("side", "S1"),
            ("flags", "u1"),
            ("depth", "u1"),
            ("ts_recv", "<u8"),
            ("ts_in_delta", "<i4"),
            ("sequence", "<u4"),
            ("levels", PRICE_LEVEL, (n_levels,)),
        ]
    )


#: Schemas that make a book: type and layout of their records, equal in all versions.
SCHEMAS: dict[str, tuple[int, np.dtype[np.void]]] = {
    "mbo": (160, MBO),
    "mbp-1": (1, _mbp(1)),
    "mbp-10": (10, _mbp(10)),
}


@dataclass(frozen=True)
class DbnFile:
    """
    What a DBN file holds.

    Parameters
    ----------
    path : Path
        The file.
    schema : str
        A key of `SCHEMAS`.
    records : ndarray, shape (n,)
        Records of this schema, in the layout of `SCHEMAS`.
    symbols : dict of int to str
        Names of instruments by their numbers, as far as the file tells them.
    n_skipped : int
        Records of other types.
    """

    path: Path
    schema: str
    records: Records
    symbols: dict[int, str]
    n_skipped: int


def read_dbn_file(path: Path) -> DbnFile:
    """
    Read the records of a DBN file.

    Parameters
    ----------
    path : Path
        The file; whether it is compressed is told from its content.

    Returns
    -------
    DbnFile
        Its records.

    Raises
    ------
    DataError
        If it is truncated, of another format or of a schema that makes no book.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise DataError(message) from error
    if data[8 : 8 + len(DBZ_MAGIC)] == DBZ_MAGIC:
        message = f"{path}: a DBZ file, the format before DBN; convert it with `dbn`"
        raise DataError(message)
    compressed = data.startswith(ZSTD_MAGIC)
    if compressed:
        check_frames(path, data)
        data = _decompress(path, data)
    metadata, start = _metadata(path, data)
    schema = _schema(path, metadata)
    extra = TS_OUT if metadata.ts_out and not compressed else 0
    body = np.frombuffer(data, np.uint8, offset=start)
    records, n_skipped = _records(path, body, schema, start, extra)
    return DbnFile(path, schema, records, _symbols(metadata), n_skipped)


def _decompress(path: Path, data: bytes) -> bytes:
    """Give the metadata and the records of a compressed file."""
    decoder = databento_dbn.DBNDecoder(
        compression=databento_dbn.Compression("zstd"),
        upgrade_policy=AS_IS,
    )
    parts = []
    try:
        for start in range(0, len(data), CHUNK):
            decoder.write(data[start : start + CHUNK])
            parts.append(b"".join(map(bytes, decoder.decode())))
    except DECODER_ERRORS as error:
        raise DataError(_refusal(path, error)) from None
    rest = len(decoder.buffer())
    if rest:
        message = f"{path}: truncated: it ends {rest} bytes into a record"
        raise DataError(message)
    return b"".join(parts)


def _metadata(path: Path, data: bytes) -> tuple[databento_dbn.Metadata, int]:
    """Give the metadata and where they end."""
    if not data.startswith(DBN_MAGIC):
        message = (
            f"{path}: not a DBN file: it does not begin with DBN; fragments (.frag) "
            "have no header and cannot be read"
        )
        raise DataError(message)
    end = PRELUDE + int.from_bytes(data[4:PRELUDE], "little")
    if len(data) < max(end, PRELUDE):
        message = f"{path}: truncated: the header has {end} bytes, the file {len(data)}"
        raise DataError(message)
    try:
        return databento_dbn.Metadata.decode(data[:end]), end
    except DECODER_ERRORS as error:
        raise DataError(_refusal(path, error)) from None


def _refusal(path: Path, error: Exception) -> str:
    if "invalid DBN header" in str(error):
        return f"{path}: not a DBN file; fragments (.frag) have no header"
    return f"{path}: damaged, or not a DBN file: {error}"


def _schema(path: Path, metadata: databento_dbn.Metadata) -> str:
    schema = "none" if metadata.schema is None else str(metadata.schema)
    if schema not in SCHEMAS:
        message = (
            f"{path}: schema {schema} makes no book; give one of {', '.join(SCHEMAS)}"
        )
        raise DataError(message)
    return schema


def _records(
    path: Path, body: NDArray[np.uint8], schema: str, start: int, extra: int
) -> tuple[Records, int]:
    """Give the records of a schema and the number of others."""
    rtype, layout = SCHEMAS[schema]
    stride = layout.itemsize + extra
    offsets = np.zeros(body.size // WORD // 4 + 1, np.int64)
    counts = np.zeros(2, np.int64)
    end = find_records(body, rtype, offsets, counts)
    if end < body.size:
        message = (
            f"{path}: truncated or damaged: no whole record at byte {start + end} "
            f"of {start + body.size}"
        )
        raise DataError(message)
    offsets = offsets[: counts[0]]
    lengths = body[offsets].astype(np.int64) * WORD
    if (lengths != stride).any():
        row = int((lengths != stride).argmax())
        message = (
            f"{path}: record {row + 1} has {lengths[row]} bytes; "
            f"records of {schema} have {stride}"
        )
        raise DataError(message)
    if not counts[1] and not extra:
        return body.view(layout), 0
    cells = offsets[:, None] + np.arange(layout.itemsize)
    return body[cells].view(layout)[:, 0], int(counts[1])


@kernel
def find_records(
    body: NDArray[np.uint8],
    rtype: int,
    offsets: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> int:
    """
    Go from record to record.

    Parameters
    ----------
    body : ndarray of uint8, shape (n_bytes,)
        Records, one behind the other.
    rtype : int
        The type wanted.
    offsets : ndarray of int64, shape (capacity,)
        Receives where the records of this type begin.
    counts : ndarray of int64, shape (2,)
        Receives the number of records of this type and of others.

    Returns
    -------
    int
        Where it stopped: the number of bytes, or the first record that is not whole.
    """
    place = 0
    while place + 16 <= body.shape[0]:
        length = 4 * int(body[place])
        if length < 16 or place + length > body.shape[0]:
            return place
        if body[place + 1] == rtype:
            offsets[counts[0]] = place
            counts[0] += 1
        else:
            counts[1] += 1
        place += length
    return place


def _symbols(metadata: databento_dbn.Metadata) -> dict[int, str]:
    """Name instruments by their numbers; a name of several gets the number, too."""
    if str(metadata.stype_out) != "instrument_id":
        return {}
    named: dict[int, str] = {}
    # Sorted, as the mapping's own order changes from run to run.
    for symbol, intervals in sorted(metadata.mappings.items()):
        for interval in intervals:
            text = str(interval["symbol"])
            if text.isdigit():
                named.setdefault(int(text), symbol)
    names = list(named.values())
    return {
        number: symbol if names.count(symbol) == 1 else f"{symbol}/{number}"
        for number, symbol in named.items()
    }
