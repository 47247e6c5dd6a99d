import gzip
import lzma

import pytest

from commonbook.core.errors import DataError
from commonbook.data.read import read

HEADER = "ts_event,symbol,action,side,price,size\n"
ROW = "1,X,S,B,99.99,5\n"


def refused(tmp_path, content, message):
    path = tmp_path / "tape.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=message):
        read(path)


def test_a_row_with_too_many_cells_is_named(tmp_path):
    refused(tmp_path, HEADER + ROW + "1,X,S,B,9,5,6\n", "row 2: 7 cells; .* has 6")


def test_a_row_cut_short_is_named(tmp_path):
    refused(tmp_path, HEADER + ROW + "1,X,S,B,9", "row 2: size is empty")


def test_a_byte_that_is_no_text_is_named(tmp_path):
    content = (HEADER + ROW).encode() + b"1,X,S,B,\xff,5\n"
    refused(tmp_path, content, "row 2: byte 0xff is not UTF-8")


def test_an_open_quote_is_refused(tmp_path):
    refused(tmp_path, HEADER + ROW + '1,X,S,B,"9,5\n', "row 2")


def test_garbage_is_refused(tmp_path):
    refused(tmp_path, b"\x89PNG\r\n\x1a\n\x00\x00", "the header is not text")
    refused(tmp_path, "hello", "missing column|unknown column 'hello'")


def test_an_empty_file_is_refused(tmp_path):
    refused(tmp_path, "\n\n", "the file is empty")


def test_a_column_given_twice_is_refused(tmp_path):
    refused(tmp_path, "size," + HEADER + "5," + ROW, "column given twice size")


def test_line_ends_a_byte_order_mark_and_quotes_do_not_matter(tmp_path):
    path = tmp_path / "tape.csv"
    path.write_text(HEADER + ROW)
    plain = read(path)
    path.write_bytes(
        b"\xef\xbb\xbf" + HEADER.replace("\n", "\r\n").encode() + b'1,"X",S,B,"99.99",5'
    )
    assert read(path).digest == plain.digest


@pytest.mark.parametrize(
    ("ending", "compress"), [(".gz", gzip.compress), (".xz", lzma.compress)]
)
def test_compressed_files_are_read_and_truncated_ones_named(tmp_path, ending, compress):
    plain = tmp_path / "tape.csv"
    plain.write_text(HEADER + ROW)
    packed = tmp_path / f"tape.csv{ending}"
    content = compress((HEADER + ROW).encode())
    packed.write_bytes(content)
    assert read(packed).digest == read(plain).digest
    packed.write_bytes(content[:-12])
    with pytest.raises(DataError, match=rf"tape\.csv\{ending}: truncated or not"):
        read(packed)
