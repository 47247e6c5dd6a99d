import pytest

from commonbook.cli.remarks import NAMED, remarks

AT = 1_704_205_800_000_000_500
ERROR = "ZeroDivisionError: division by zero"
TRACEBACK = f"""Traceback (most recent call last):
  File "strategies/mine.py", line 3, in on_book
    self.quote()
  File "strategies/mine.py", line 8, in quote
    1 / 0
{ERROR}
"""
QUIET = {
    "stopped": [],
    "displaced_tape_qty": {},
    "displaced_tape_share": {},
    "netting_missed_qty": {},
    "refused_by_limits": {},
    "warnings": [],
}


def stopped(portfolio="maker", reason=ERROR, traceback=TRACEBACK):
    return {
        "portfolio": portfolio,
        "ts": AT,
        "reason": reason,
        "traceback": traceback,
    }


def texts(**keys):
    return [text for text, _ in remarks(QUIET | keys)]


def test_a_run_without_anything_to_say_says_nothing():
    assert texts() == []


@pytest.mark.parametrize(
    ("reason", "said"), [(ERROR, ERROR), ("error", f"error: {ERROR}")]
)
def test_a_stopped_portfolio_is_named_with_time_reason_and_place(reason, said):
    (remark,) = remarks(QUIET | {"stopped": [stopped(reason=reason)]})
    assert remark.text == (
        f"stopped: maker at 2024-01-02T14:30:00.000000500Z, {said} "
        "(strategies/mine.py, line 8)"
    )
    assert "red" in remark.style


def test_who_is_stopped_in_a_step_between_lanes_is_named_too():
    steps = [{"cause": "impact", "stopped": [stopped(traceback="")]}]
    steps.append({"cause": "netting", "stopped": [stopped(traceback="")]})
    lane = {key: {"shared": QUIET[key]} for key in QUIET if key != "warnings"}
    summary = {**lane, "lanes": ["shared"], "causes": steps, "warnings": []}
    assert [text for text, _ in remarks(summary)] == [
        f"stopped: maker (up to impact) at 2024-01-02T14:30:00.000000500Z, {ERROR}"
    ]


def test_the_impossible_is_said_once():
    error = "a.stops.Impossible: price 1.005 is not a multiple of 0.01"
    reason = "impossible: price 1.005 is not a multiple of 0.01"
    trace = TRACEBACK.replace(ERROR, error)
    (said,) = texts(stopped=[stopped(reason=reason, traceback=trace)])
    assert said.endswith(f"500Z, {reason} (strategies/mine.py, line 8)")


def test_a_portfolio_that_never_rests_has_no_error_to_show():
    assert texts(stopped=[stopped(reason="too_many_rounds", traceback="")]) == [
        "stopped: maker at 2024-01-02T14:30:00.000000500Z, too_many_rounds"
    ]


def test_displaced_volume_is_one_line_with_the_largest_share_first():
    assert texts(
        displaced_tape_qty={"C": {"AAPL": 2.0}, "A + B": {"AAPL": 1234.0, "BTC": 0.5}},
        displaced_tape_share={"A + B": {"AAPL": 0.023}},
    ) == [
        "displaced: later trades of the tape needed size that was taken: "
        "A + B 1,234 AAPL (2.3%), 0.500 BTC; C 2 AAPL"
    ]


def test_the_worst_comes_first_and_assumptions_last():
    said = texts(
        warnings=["fees: none configured"],
        displaced_tape_qty={"A": {"AAPL": 1.0}},
        stopped=[stopped()],
    )
    assert [text.partition(":")[0] for text in said] == ["stopped", "displaced", "note"]


def test_many_are_counted():
    said = texts(
        stopped=[stopped(f"p{number}") for number in range(NAMED + 2)],
        displaced_tape_qty={f"p{number}": {"AAPL": 1.0} for number in range(NAMED + 3)},
    )
    assert len(said) == NAMED + 2
    assert said[NAMED] == "stopped: 2 more, see the summary"
    assert said[-1].endswith("p2 1 AAPL; 3 more, see the summary")


def test_a_comparison_says_in_which_lane():
    lanes = {
        "lanes": ["isolated", "shared"],
        "stopped": {"isolated": [], "shared": [stopped("maker", "error", "")]},
        "displaced_tape_qty": {"isolated": {"A": {"AAPL": 1.0}}, "shared": {}},
        "displaced_tape_share": {"isolated": {}, "shared": {}},
        "netting_missed_qty": {"isolated": {}, "shared": {"A": {"AAPL": 8.0}}},
        "refused_by_limits": {"isolated": {}, "shared": {"A": {"group_limit": 3}}},
    }
    assert texts(**lanes) == [
        "stopped: maker (shared) at 2024-01-02T14:30:00.000000500Z, error",
        "displaced (isolated): later trades of the tape needed size that was taken: "
        "A 1 AAPL",
        "not netted (shared): taken on both sides within moments, a longer "
        "netting_window might cross: A 8 AAPL",
        "orders refused by limits (shared): A 3 group_limit",
    ]


def test_netting_that_was_missed_is_one_line():
    missed = {f"p{number}": {"AAPL": 1200.0} for number in range(NAMED + 2)}
    assert texts(netting_missed_qty=missed) == [
        "not netted: taken on both sides within moments, a longer netting_window might "
        "cross: p0 1,200 AAPL; p1 1,200 AAPL; p2 1,200 AAPL; 2 more, see the summary"
    ]


def test_who_was_refused_most_often_is_named_first():
    refused = {f"p{number}": {"group_limit": 1 + number} for number in range(NAMED + 2)}
    refused["p1"] = {"max_position": 1_000, "rate_limit": 7}
    assert texts(refused_by_limits=refused) == [
        "orders refused by limits: p1 1,000 max_position, 7 rate_limit; "
        "p4 5 group_limit; p3 4 group_limit; 2 more, see the summary"
    ]


def test_a_lane_that_leaves_one_out_only_tells_who_was_stopped():
    lanes = ("isolated", "shared", "without B")
    told = {"X": {"AAPL": 5.0}}
    summary = {
        "lanes": list(lanes),
        "leave_one_out": {"B": {}},
        "stopped": {key: [] for key in lanes},
        "displaced_tape_qty": dict.fromkeys(lanes, told),
        "displaced_tape_share": {key: {} for key in lanes},
        "netting_missed_qty": {key: {} for key in lanes},
        "refused_by_limits": {key: {} for key in lanes},
        "warnings": [],
    }
    texts = [remark.text for remark in remarks(summary)]
    assert [text.partition(":")[0] for text in texts] == [
        "displaced (isolated)",
        "displaced (shared)",
    ]
