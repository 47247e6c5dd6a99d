import numpy as np
import pytest

from commonbook.data.sequence import first_break, is_contiguous


def break_of(instruments, numbers):
    return first_break(
        np.array(instruments, np.uint16), np.array(numbers, dtype=np.int64)
    )


@pytest.mark.parametrize("numbers", [[], [5], [1, 1, 2, 3], [0, 7, 0, 8, 0]])
def test_numbers_may_stay_rise_by_one_or_be_missing(numbers):
    assert break_of([0] * len(numbers), numbers) is None


def test_the_row_after_the_gap_and_the_one_before_are_named():
    assert break_of([0] * 4, [1, 0, 3, 4]) == (2, 0)
    assert break_of([0] * 3, [3, 4, 2]) == (2, 1)


def test_instruments_may_count_each_for_itself():
    assert is_contiguous(np.array([0, 1, 0, 1], np.uint16), np.array([1, 90, 2, 91]))


def test_instruments_may_count_together():
    assert is_contiguous(np.array([0, 1, 1, 0], np.uint16), np.array([1, 2, 3, 4]))


def test_a_gap_of_one_instrument_is_found_between_others():
    assert break_of([0, 1, 0, 1], [1, 90, 3, 91]) == (2, 0)
