"""Whatever is in a configuration, loading it ends in one known way."""

from hypothesis import given
from hypothesis import strategies as st

from commonbook.config import load
from commonbook.core.errors import ConfigError
from tests.config.builders import scripted

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["name", "orders", "at", "path", "groups", "kind", "side"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=5,
)


@given(
    where=st.sampled_from(
        [
            ("data",),
            ("data", "path"),
            ("data", "synth"),
            ("portfolios",),
            ("portfolios", 0),
            *[
                ("portfolios", 0, key)
                for key in [
                    "name",
                    "cash",
                    "positions",
                    "strategy",
                    "params",
                    "grid",
                    "latency",
                    "fees",
                    "limits",
                ]
            ],
            ("portfolios", 0, "params", "orders"),
            ("portfolios", 0, "params", "orders", 0),
            ("execution",),
            ("execution", "groups"),
            ("execution", "fees"),
            ("execution", "shared_config"),
            ("seed",),
        ]
    ),
    junk=JUNK,
)
def test_anything_at_all_loads_or_is_a_configuration_error(where, junk):
    raw = {
        "data": {"path": __file__},
        "portfolios": [scripted({"at": 1, "side": "buy", "qty": 1})],
        "execution": {},
    }
    target = raw
    for step in where[:-1]:
        target = target[step]
    target[where[-1]] = junk
    try:
        load(raw)
    except ConfigError as error:
        assert error.problems  # noqa: PT017 - both ways out are right
