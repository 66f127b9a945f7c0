"""What makes a file risky for `flag-wrapped`: its path, its imports, what it calls, and what a maintainer says."""

from __future__ import annotations

import pytest

from rules.engine.flags.risk import RiskClass
from rules.flag_wrapped import FlagWrapped
from tests.rules.given_flags import BARE, FLAGS, judge


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/auth/views.py", "auth"),
        ("src/UserLogin.py", "auth"),
        ("src/author.py", None),
        ("src/billing_plan.py", "payments"),
        ("src/rebilling.py", None),
        ("src/api/cart.py", "public-api"),
        ("src/capital.py", None),
        ("src/webhooks.py", "external-side-effect"),
        ("src/queue.py", "queue-contract"),
    ],
)
def test_whole_words_of_a_path_make_it_risky(path: str, kind: str | None) -> None:
    result = judge({path: BARE})

    assert result.facts["risky_files"] == ({path: kind} if kind else {})


@pytest.mark.parametrize(
    ("marked", "kind"),
    [
        pytest.param(" import stripe\nXstripe.charge()\n", "payments", id="an import that is used"),
        pytest.param(" import stripe\nXcharge()\n", None, id="an import that is not used here"),
        pytest.param(" from django.core.mail import send\nXsend()\n", "external-side-effect", id="a name of a module"),
        pytest.param(" import a\nXOrder.objects.create(id=1)\n", "data-write", id="a call on an added line"),
        pytest.param(" Order.objects.create(id=1)\nXdo()\n", None, id="a call on another line"),
        pytest.param(" import stripes\nXdo()\n", None, id="a module of a similar name"),
    ],
)
def test_imports_and_calls_make_a_file_risky(marked: str, kind: str | None) -> None:
    result = judge({"src/shop.py": marked})

    assert result.facts["risky_files"] == ({"src/shop.py": kind} if kind else {})


def test_a_class_of_imports_from_one_publisher() -> None:
    result = judge({"src/shop.ts": ' import { S } from "@stripe/stripe-js";\nXS.pay();\n'})

    assert result.facts["risky_files"] == {"src/shop.ts": "payments"}


def test_a_maintainer_adds_globs_and_turns_classes_off() -> None:
    rule = FlagWrapped(flags=FLAGS, risky=("src/core/**",), classes=(RiskClass.AUTH,), exempt=("src/core/old/**",))

    result = judge({"src/core/a.py": BARE, "src/billing/b.py": BARE, "src/core/old/c.py": BARE}, rule=rule)

    assert result.facts["risky_files"] == {"src/core/a.py": "risky"}
    assert [finding.path for finding in result.findings] == ["src/core/a.py"]
