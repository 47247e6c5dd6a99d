import mmap
from pathlib import Path

import numpy as np
import pytest

from commonbook.core.dtypes import FILL
from commonbook.core.pages import DONT_NEED, give_back, small_pages

ROWS = 64 * mmap.PAGESIZE // 8


def resident_kb() -> int:
    """Give the memory of this process that is mapped from files [kB]."""
    with Path("/proc/self/status").open() as status:
        for line in status:
            if line.startswith("RssFile"):
                return int(line.split()[1])
    pytest.skip("the system does not say how much of a file is in memory")


@pytest.fixture
def numbers(tmp_path):
    path = tmp_path / "numbers.npy"
    np.save(path, np.arange(ROWS))
    return np.load(path, mmap_mode="r")


def test_what_was_given_back_can_be_read_again(numbers):
    give_back(numbers, 0, ROWS)
    assert numbers.sum() == ROWS * (ROWS - 1) // 2


@pytest.mark.skipif(DONT_NEED is None, reason="the system cannot be told")
def test_memory_is_given_back(tmp_path):
    path = tmp_path / "large.npy"
    np.save(path, np.zeros(1 << 22))  # 32 MB
    large = np.load(path, mmap_mode="r")
    view = large[10:].view()
    view.sum()
    before = resident_kb()
    give_back(view, 0, view.size)
    assert before - resident_kb() > 30_000


@pytest.mark.parametrize("mode", ["r+", "c"])
def test_what_was_written_is_kept(tmp_path, mode):
    path = tmp_path / "numbers.npy"
    np.save(path, np.zeros(ROWS))
    mine = np.load(path, mmap_mode=mode)
    mine[:] = 7
    give_back(mine, 0, ROWS)
    assert (mine == 7).all()


def test_other_arrays_are_left_alone(numbers):
    mine = np.ones(ROWS)
    give_back(mine, 0, ROWS)
    assert mine.all()
    give_back(numbers[::2], 0, ROWS // 2)
    give_back(numbers, 5, 5)
    give_back(np.zeros(0), 0, 0)
    assert numbers[-1] == ROWS - 1


def test_a_part_smaller_than_a_page_is_kept(numbers):
    give_back(numbers[1000:], 3, 4)
    assert numbers[1003] == 1003


@pytest.mark.parametrize("size", [0, 1, ROWS])
def test_an_array_in_small_pages_is_like_any_other(size):
    array = small_pages(size, FILL)
    assert array.shape == (size,)
    assert array.dtype == FILL
    assert array.flags.writeable
    assert array.flags.aligned
    assert not array.view(np.uint8).any()
