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
        ``checked``, ``agreed``, ``disagreed`` and ``unmatched`` statements.
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
    agreed = int(np.count_nonzero(agree))
    return {
        "checked": matched.size,
        "agreed": agreed,
        "disagreed": matched.size - agreed,
        "unmatched": truth.size - matched.size,
    }
