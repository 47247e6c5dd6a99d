"""Tables of comparisons of more than two lanes."""

import json

from commonbook.cli.lanes import (
    causes_table,
    leaving_table,
    parts_table,
    profit_table,
)
from tests.cli.test_run import config, invoke  # noqa: F401
from tests.cli.test_tables import printed


def leaving(names, gain=1.5):
    others = {"with": 10.0, "without": 10.0 + gain, "gain": gain}
    told = {
        name: {"portfolios": {o: others for o in names if o != name}, "total": others}
        for name in names
    }
    return {"portfolios": dict.fromkeys(names), "leave_one_out": told}


def test_few_who_leave_are_a_matrix():
    text = printed(leaving_table(leaving(["a", "b", "c"]), 100))
    (row,) = (line.split() for line in text.splitlines() if line.startswith(" a "))
    assert row == ["a", "+1.50", "+1.50", "+1.50"]


def test_the_columns_of_a_matrix_have_the_whole_names_of_grids():
    names = ["maker[half_spread_ticks=1]", "maker[half_spread_ticks=2]"]
    text = printed(leaving_table(leaving(names), 100))
    (heading,) = (line for line in text.splitlines() if "who leaves" in line)
    assert all(name in heading for name in names)


def test_many_who_leave_are_those_with_the_largest_effects():
    names = [f"p{number:02}" for number in range(30)]
    summary = leaving(names)
    summary["leave_one_out"]["p17"]["total"] = {
        "with": 0.0, "without": -9.0, "gain": -9.0,
    }  # fmt: skip
    rows = [
        line
        for line in printed(leaving_table(summary, 100)).splitlines()
        if line.startswith(" p") and "portfolio" not in line
    ]
    assert len(rows) == 10
    assert rows[0].startswith(" p17")
    assert "-9.00" in rows[0]


def test_a_matrix_that_is_too_wide_is_not_drawn():
    names = [f"a portfolio with a long name, number {n}" for n in range(5)]
    assert "most of it" in printed(leaving_table(leaving(names), 80), 80)


def test_lanes_are_side_by_side_if_there_are_more_than_two():
    two = {"isolated": 1.0, "shared": 2.0}
    assert profit_table({"net_profits": {"a": two}}) is None
    text = printed(profit_table({"net_profits": {"a": two | {"groups": None}}}))
    assert "groups" in text
    assert leaving_table({"leave_one_out": {}}, 80) is None


def test_compare_leaves_out_whom_it_is_told(config):  # noqa: F811
    told = invoke("compare", config, "--leave-one-out", "A", "--json")
    summary = json.loads(told.stdout)
    assert summary["lanes"] == ["isolated", "shared", "without A"]
    assert list(summary["leave_one_out"]["A"]["portfolios"]) == ["B"]
    everybody = invoke("compare", config, "--leave-one-out")
    assert everybody.exit_code == 0, everybody.stderr
    assert "what the others gain when one leaves" in everybody.stdout


def test_names_without_the_option_are_an_error(config):  # noqa: F811
    refused = invoke("compare", config, "A")
    assert refused.exit_code == 2
    assert "--leave-one-out" in refused.stderr


def test_nobody_of_that_name_is_an_error(config):  # noqa: F811
    refused = invoke("compare", config, "--leave-one-out", "C")
    assert refused.exit_code == 2
    assert "no portfolio is called 'C'" in refused.stderr


def caused(cause, meaning, gain):
    parts = dict.fromkeys(("prices", "quantities", "impact_charge", "fees"), gain / 4)
    figures = {"net_profit": gain, **parts}
    told = {"cause": cause, "meaning": meaning, "stopped": []}
    return told | {"portfolios": {"a": figures}, "total": figures}


def test_causes_stand_beside_the_difference_that_they_add_up_to():
    profit = {"net_profit": {"isolated": 0.0, "shared": -3.0, "difference": -3.0}}
    causes = [
        caused("liquidity", "liquidity is there only once", -4.0),
        caused("netting", "the desk nets orders first", 1.0),
    ]
    summary = {"portfolios": {"a": profit}, "totals": profit, "causes": causes}
    text = printed(causes_table(summary, 60), 60)
    for name in ("a", "all"):
        (row,) = (line for line in text.splitlines() if line.startswith(f" {name} "))
        assert row.split()[1:] == ["-4.00", "+1.00", "-3.00"]
    text = printed(parts_table(summary), 80)
    (row,) = (line for line in text.splitlines() if "the desk" in line)
    assert row.split()[-5:] == ["+0.25", "+0.25", "+0.25", "+0.25", "+1.00"]
    assert causes_table({"causes": []}, 80) is parts_table({"causes": []}) is None


def test_headings_of_causes_are_so_narrow_that_names_are_not_folded():
    name = "maker[half_spread_ticks=1]"
    profit = {"net_profit": dict.fromkeys(("isolated", "shared", "difference"), -3.0)}
    causes = [
        caused("impact", "others move the market too", -4.0),
        caused("liquidity", "liquidity is there only once", -4.0),
        caused("netting", "the desk nets orders first", 1.0),
        caused("group_limits", "group limits refuse orders", 4.0),
    ]
    for cause in causes:
        cause["portfolios"] = {name: cause["total"]}
    summary = {"portfolios": {name: profit}, "totals": profit, "causes": causes}
    text = printed(causes_table(summary, 80), 80)
    assert name in text
    assert max(map(len, text.splitlines())) <= 80
    assert "others move" in printed(causes_table(summary, 120), 120)


def test_compare_splits_by_cause_when_asked(config):  # noqa: F811
    told = invoke("compare", config, "--causes", "--json")
    summary = json.loads(told.stdout)
    assert summary["lanes"] == ["isolated", "shared"]
    assert [step["cause"] for step in summary["causes"]] == ["liquidity", "netting"]
    text = invoke("compare", config, "--causes").stdout
    assert "difference by cause" in text
    assert "what each cause changed" in text
