"""The replayed book against what the feed itself says it was."""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.data.top_of_book import replay_top


def compare_with_truth(
    events: Records, sequence: NDArray[np.int64], truth: Records
) -> dict[str, int]:
    """
    Compare best prices and sizes with the feed's own statements about them.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        A checked tape.
    sequence : ndarray of int64, shape (n,)
        The feed's number of each event, 0 where it has none.
    truth : ndarray of TRUTH
        What the feed says.

    Returns
    -------
    dict
        ``checked``, ``agreed``, ``disagreed`` and ``unmatched`` statements. Where the
        feed states its whole book, these say whether each statement follows from the
        one before it by the events between them, and ``free_running_checked`` and
        ``free_running_agreed`` compare the book that is replayed from the beginning.
    """
    rows, prices, qtys = replay_top(events, depth=1)
    row_of = {
        (int(instrument), int(number)): row
        for row, (instrument, number) in enumerate(
            zip(events["instrument"][rows], sequence[rows], strict=True)
        )
        if number
    }
    said = [
        row_of.get((int(instrument), int(number)), -1)
        for instrument, number in zip(
            truth["instrument"], truth["sequence"], strict=True
        )
    ]
    matched = np.array(said, np.int64)
    stated = truth[matched >= 0]
    matched = matched[matched >= 0]
    agree = np.ones(matched.size, np.bool_)
    for side, word in enumerate(("bid", "ask")):
        size = qtys[matched, side, 0]
        agree &= size == stated[f"{word}_qty"]
        # An empty side has no price.
        agree &= (size == 0) | (prices[matched, side, 0] == stated[word])
    return _counts(agree, stated["follows"], truth.size)


def _counts(
    agree: NDArray[np.bool_], follows: NDArray[np.int8], n_stated: int
) -> dict[str, int]:
    agreed = int(np.count_nonzero(agree))
    unmatched = n_stated - agree.size
    if not follows.any():
        return {
            "checked": agree.size,
            "agreed": agreed,
            "disagreed": agree.size - agreed,
            "unmatched": unmatched,
        }
    judged = int(np.count_nonzero(np.abs(follows) == 1))
    true = int(np.count_nonzero(follows == 1))
    return {
        "checked": judged,
        "agreed": true,
        "disagreed": judged - true,
        "unmatched": unmatched,
        "free_running_checked": agree.size,
        "free_running_agreed": agreed,
    }
