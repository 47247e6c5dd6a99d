"""A key in the wrong section is told where it belongs."""

import pytest

from tests.config.builders import MAKER, config, messages_of, write


def message_at(path, **keys):
    return messages_of(config(**keys))[path]


@pytest.mark.parametrize(
    ("execution", "key", "hint"),
    [
        (
            {"market_impact_model": "linear"},
            "market_impact_model",
            "it belongs in execution.shared_config or execution.isolated_config",
        ),
        (
            {"netting": False},
            "netting",
            "execution.shared_config has enable_order_netting, netting_window, "
            "netting_price",
        ),
        # Close to fees, but a key of its own.
        ({"feed": "5us"}, "feed", "it belongs in execution.latency"),
        ({"cash": 5}, "cash", "it belongs in portfolios[...]"),
        (
            {"shared_config": {"queue_model": "power"}},
            "shared_config.queue_model",
            "it belongs in execution",
        ),
    ],
)
def test_a_key_of_another_section_is_told_which(execution, key, hint):
    message = message_at(f"execution.{key}", execution=execution)
    assert message.startswith(f"unknown key; {hint}; allowed here: ")


@pytest.mark.parametrize(
    ("where", "key", "place"),
    [
        ({}, "half_spread_ticks", "portfolios[1].params"),
        ({}, "mode", "execution"),
        ({"params": MAKER["params"]}, "latency", "portfolios[1]"),
    ],
)
def test_the_nearest_section_is_named_with_its_number(where, key, place):
    # The grid before it makes two portfolios of one, which does not count.
    first = MAKER | {"name": "a", "grid": {"size": [1, 2]}}
    below = {"params": where["params"] | {key: 1}} if where else {key: 1}
    raw = config(first, MAKER | below)
    (message,) = messages_of(raw).values()
    assert f"it belongs in {place}; allowed here: " in message


def test_a_source_without_a_list_has_no_number():
    message = messages_of(config(data={"duration": "1h", "path": __file__}))
    assert "it belongs in data.synth; " in message["data.duration"]


def test_a_key_of_the_top_is_led_back_there():
    message = message_at("execution.equity_interval", execution={"equity_interval": 1})
    assert "it belongs in the top level; " in message


@pytest.mark.parametrize("key", ["symbol", "wrong"])
def test_what_belongs_nowhere_or_everywhere_gets_no_hint(key):
    message = messages_of(config() | {key: 1})[key]
    assert message.startswith("unknown key; allowed: name, seed, data")


def test_what_is_not_built_is_not_sent_elsewhere():
    message = message_at("execution.bars", execution={"bars": {"impact": True}})
    assert message.startswith("not built yet")


def test_the_place_in_the_file_stays_that_of_the_key(tmp_path):
    text = "data: {path: book.csv}\nportfolios: []\nexecution:\n  netting: false\n"
    message = messages_of(write(tmp_path, text))["execution.netting"]
    assert "execution.shared_config has enable_order_netting" in message
