"""How flags are written, which libraries are known, and what only looks like a flag."""

from __future__ import annotations

import pytest

from rules.engine.flags.reading.catalogue import LIBRARIES, patterns_for
from rules.engine.flags.reading.pattern import FlagPattern, FlagPatterns, Returns, Shape, parse, parsed
from tests.rules.given_flags import expected, letters

NONE: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("features.has", FlagPattern(Shape.CHAIN, ("features", "has"))),
        ("OTPFeature.*.isOn", FlagPattern(Shape.CHAIN, ("OTPFeature", "*", "isOn"))),
        ("!*.isOff", FlagPattern(Shape.CHAIN, ("*", "isOff"), negated=True)),
        ("ui?.flags()", FlagPattern(Shape.CHAIN, ("ui", "flags"))),
        ("enabled?(", FlagPattern(Shape.CHAIN, ("enabled?",))),
        ("<FeatureFlag>", FlagPattern(Shape.COMPONENT, ("FeatureFlag",))),
        ("<Flags.On />", FlagPattern(Shape.COMPONENT, ("Flags", "On"))),
        ("@waffle_flag", FlagPattern(Shape.DECORATOR, ("waffle_flag",))),
    ],
)
def test_a_flag_is_written_in_one_line(text: str, pattern: FlagPattern) -> None:
    read = parse(text.replace(" ", ""))

    assert read == pattern


@pytest.mark.parametrize(
    "text", ["", "*", "*.*", "if (x)", "<Flag", "Flag>", "a..b", "!", "@", "a b", "features.has('x')"]
)
def test_what_cannot_be_a_flag_is_refused_with_the_cure(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no flag: write a chain such as `features\.has`"):
        parse(text)


@pytest.mark.parametrize(
    ("pattern", "chain", "found"),
    [
        ("features.has", ("features", "has"), True),
        ("features.has", ("self", "features", "has"), True),
        ("features.has", ("has",), False),
        ("features.has", ("features", "has_not"), False),
        ("features.has", ("my_features", "has"), False),
        ("OTPFeature.*.isOn", ("OTPFeature", "Realtime", "isOn"), True),
        ("OTPFeature.*.isOn", ("OTPFeature", "isOn"), False),
        ("*Gate*.IsEnabled", ("s", "FeatureGates", "IsEnabled"), True),
        ("*Gate*.IsEnabled", ("s", "features", "IsEnabled"), False),
        ("a*b*c.x", ("aXbYbZc", "x"), True),
        ("a*b*c.x", ("aXcYb", "x"), False),
        ("*.isOn", ("isOn",), False),
    ],
)
def test_a_chain_is_matched_at_its_end(pattern: str, chain: tuple[str, ...], *, found: bool) -> None:
    result = FlagPatterns(parsed((pattern,))).find(Shape.CHAIN, chain)

    assert (result is not None) is found


def test_a_pattern_of_many_stars_cannot_run_away() -> None:
    patterns = FlagPatterns(parsed(("*a" * 30 + "b",)))

    found = patterns.find(Shape.CHAIN, ("a" * 5000,))

    assert found is None


def test_a_maintainers_pattern_comes_before_that_of_a_library() -> None:
    own = parsed(("!client.variation",))

    found = FlagPatterns(own + patterns_for("python", frozenset({"ldclient"}))).find(
        Shape.CHAIN, ("client", "variation")
    )

    assert found is not None
    assert found.negated is True


def test_every_pattern_is_shown_as_a_policy_writes_it() -> None:
    patterns = [one for libraries in LIBRARIES.values() for library in libraries for one in library.patterns]

    shown = [parse(one.shown) for one in patterns]

    assert len(shown) > 150
    assert [(one.shape, one.names) for one in shown] == [(one.shape, one.names) for one in patterns]


@pytest.mark.parametrize(
    ("modules", "known"),
    [
        ({"ldclient"}, True),
        ({"ldclient.config"}, True),
        ({"ldclients"}, False),
        ({"os"}, False),
    ],
)
def test_a_library_counts_only_where_it_is_imported(modules: set[str], *, known: bool) -> None:
    found = {one.shown for one in patterns_for("python", frozenset(modules))}

    assert ("*.variation" in found) is known


def test_a_publisher_of_many_packages_is_known_by_its_scope() -> None:
    found = {one.shown: one.returns for one in patterns_for("javascript", frozenset({"@devcycle/react-client-sdk"}))}

    assert found["useVariableValue"] is Returns.BOOL


LIBRARY_CALLS = {
    "an SDK that is imported": """
 from openfeature import api
 def pay(cart):
.    if api.get_client().get_boolean_value("x", False):
G        charge_twice(cart)
""",
    "waffle, by its function and its decorator": """
 from waffle import flag_is_active
 from waffle.decorators import waffle_flag
 def pay(request):
.    if flag_is_active(request, "x"):
G        charge_twice(request)
.@waffle_flag("y")
Gdef view(request):
G    return page(request)
.@waffle_flag("!y")
Xdef old(request):
X    return page(request)
""",
    "Sentry's own": """
 from sentry import features
 def pay(cart):
.    if not features.has("organizations:x", cart.organization):
.        return Response(status=404)
G    charge_twice(cart)
""",
    "the negated call of a library": """
 from flags.state import flag_disabled
 def pay(cart):
.    if flag_disabled("X"):
X        charge_thrice(cart)
.    else:
G        charge_twice(cart)
""",
    "the library's name as an attribute is no call": """
 import ldclient
 def pay(client, cart):
X    if client.variation:
X        charge_twice(cart)
""",
    "names that are telling enough by themselves": """
 def pay(cart):
.    if is_feature_enabled("x"):
G        charge_twice(cart)
""",
}
LOOK_ALIKES = {
    "a value of a parser": """
 import configparser
 def pay(parser, cart):
X    if parser.get_bool_value("twice"):
X        charge_twice(cart)
X    if parser.get_value("twice"):
X        charge_twice(cart)
""",
    "features of a model": """
 import numpy
 def train(features, feature_names):
X    if features.shape[0] > 3:
X        fit(features)
X    if features.has(feature_names):
X        fit(feature_names)
X    if feature_names:
X        fit(feature_names)
""",
    "flags of a regular expression and of a command line": """
 import argparse, re
 def main_like(args, flags):
X    flags.append(re.I)
X    if flags & re.I:
X        compile_it(flags)
X    if args.flags:
X        compile_it(args)
X    if FLAGS.is_parsed():
X        compile_it(FLAGS)
""",
    "an import of another module that sounds alike": """
 from my.openfeature2 import client
 def pay(cart):
X    if client.get_boolean_value("x", False):
X        charge_twice(cart)
""",
    "a client of an experiment that is always there": """
 from optimizely import optimizely
 def pay(client, cart):
.    decision = client.decide("x")
X    if decision:
X        charge_twice(cart)
.    if decision.enabled:
G        charge_thrice(cart)
""",
    "settings and the environment, which no flag switches": """
 import os
 def pay(settings, cart):
X    if os.environ.get("FEATURE_TWICE"):
X        charge_twice(cart)
X    if settings.FEATURE_TWICE:
X        charge_twice(cart)
""",
    "the name of a flag in an import and in a text": """
 from openfeature import api
Xcharge("client.get_boolean_value('x', False)")
Xcharge(f"{api}")
""",
}
HOOKS_OF_OTHERS = {
    "a hook of the same name that nobody imports": """
 import { useFlags } from "./heraldry";
 export const Page = () => {
X  const { red } = useFlags();
X  if (red) {
X    one();
.  }
 };
""",
    "a component of the same name": """
 import { FeatureFlag } from "./icons";
 export const Page = () => (
   <main>
X    <FeatureFlag>
X      <New />
.    </FeatureFlag>
   </main>
 );
""",
    "a variable of the same name as a flag": """
 export const Page = ({ isEnabled, flags }) => {
X  if (isEnabled && flags.red) {
X    one();
.  }
 };
""",
}


@pytest.mark.parametrize(
    "marked", [pytest.param(text, id=name) for name, text in {**LIBRARY_CALLS, **LOOK_ALIKES}.items()]
)
def test_python_flags_are_told_from_what_looks_alike(marked: str) -> None:
    found = letters("src/shop.py", marked, NONE)

    assert found == expected(marked)


@pytest.mark.parametrize("marked", [pytest.param(text, id=name) for name, text in HOOKS_OF_OTHERS.items()])
def test_typescript_flags_are_told_from_what_looks_alike(marked: str) -> None:
    found = letters("src/shop.tsx", marked, NONE)

    assert found == expected(marked)
