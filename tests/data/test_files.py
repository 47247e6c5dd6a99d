import pytest

from commonbook.core.errors import DataError
from commonbook.data.files import read_bytes


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_bytes(tmp_path)


def test_a_file_of_blank_lines_is_empty(tmp_path):
    path = tmp_path / "tape.csv"
    path.write_text(" \n\n")
    with pytest.raises(DataError, match="the file is empty"):
        read_bytes(path)
