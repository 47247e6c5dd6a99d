"""The reference engine's codes are those of the package, and some more."""

import pytest

from commonbook.core import enums
from tests.oracle import codes


@pytest.mark.parametrize("name", ["ReportKind"])
def test_codes_that_the_package_has_are_the_same(name):
    here = {code.name: int(code) for code in getattr(codes, name)}
    there = {code.name: int(code) for code in getattr(enums, name)}
    assert there.items() <= here.items()
