"""What is known of flag libraries: where each was seen, and how code that uses it is read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rules.engine.flags.reading import catalogue
from rules.engine.flags.reading.catalogue import patterns_for
from tests.rules.given_flags import expected, letters

WRITTEN = json.loads(Path(catalogue.__file__).with_name("catalogue.json").read_text("utf-8"))
SHARED = {language: other for language, other in WRITTEN.items() if isinstance(other, str)}
ENTRIES = [(language, entry) for language, some in WRITTEN.items() if language not in SHARED for entry in some]
OF_OTHERS = [("python", "Sentry"), ("python", "home-grown"), ("javascript", "GitLab frontend")]
"""Conventions of one code base or of nobody: no package has them, so none could be looked at."""


def test_kotlin_asks_the_libraries_of_java() -> None:
    assert SHARED == {"kotlin": "java"}
    assert catalogue.LIBRARIES["kotlin"] == catalogue.LIBRARIES["java"]


def test_every_library_says_in_which_package_it_was_seen() -> None:
    unseen = [(language, entry["provider"]) for language, entry in ENTRIES if entry["seen"] is None]

    assert unseen == OF_OTHERS


@pytest.mark.parametrize(
    "seen", [pytest.param(entry["seen"], id=f"{language} {at}") for at, (language, entry) in enumerate(ENTRIES)]
)
def test_what_was_seen_names_a_version_a_commit_or_a_page(seen: str | None) -> None:
    assert seen is None or re.fullmatch(r"(?:npm|pypi|github) .*\d.*|[\w.]+\.\w+/\S+", seen)


def test_no_library_is_written_twice() -> None:
    calls = [
        (language, module, flag)
        for language, entry in ENTRIES
        for module in entry["imports"] or [""]
        for flag in entry["flags"]
    ]

    assert len(calls) == len(set(calls))


@pytest.mark.parametrize(
    ("language", "module", "flag", "key"),
    [
        ("python", "waffle", "flag_is_active", 1),
        ("python", "waffle", "switch_is_active", 0),
        ("python", "devcycle_python_sdk", "*.variable_value", 1),
        ("javascript", "@devcycle/nodejs-server-sdk", "*.variableValue", 1),
        ("javascript", "@devcycle/js-client-sdk", "*.variableValue", 0),
        ("go", "github.com/launchdarkly/go-server-sdk/v7", "*.BoolVariation", 0),
        ("go", "github.com/launchdarkly/go-server-sdk/v7", "*.BoolVariationCtx", 1),
        ("go", "github.com/growthbook/growthbook-golang", "*.EvalFeature", 1),
        ("java", "com.statsig.sdk.Statsig", "*.checkGateSync", 1),
        ("java", "com.statsig.androidsdk.Statsig", "*.checkGate", 0),
        ("java", "com.configcat.ConfigCatClient", "*lient.getValue", 1),
        ("ruby", "", "Statsig.check_gate", 1),
    ],
)
def test_the_key_of_a_flag_stands_where_the_library_wants_it(language: str, module: str, flag: str, key: int) -> None:
    first = next(one for one in patterns_for(language, frozenset({module})) if one.shown == flag)

    assert first.key == key


PYTHON = {
    "a switch of waffle": """
 from waffle import switch_is_active
 def pay(cart):
.    if switch_is_active("x"):
G        charge_twice(cart)
""",
    "the state of a flag of django-flags": """
 from flags.state import flag_state
 def pay(cart):
.    if not flag_state("X"):
.        return
G    charge_twice(cart)
""",
    "Flipt's answer": """
 from flipt_client import FliptClient
 def pay(client, cart):
.    if client.evaluate_boolean(flag_key="x", entity_id=cart.id).enabled:
G        charge_twice(cart)
""",
}
TYPESCRIPT = {
    "a component of GrowthBook": """
 import { IfFeatureEnabled } from "@growthbook/growthbook-react";
 export const Page = () => (
   <main>
.    <IfFeatureEnabled feature="x">
G      <New />
.    </IfFeatureEnabled>
   </main>
 );
""",
    "a hook of PostHog, from its own package": """
 import { useFeatureFlagEnabled } from "@posthog/react";
 export const Page = () => {
.  const on = useFeatureFlagEnabled("x");
.  if (on) {
G    one();
.  }
 };
""",
    "a gate of Statsig": """
 import { useGateValue } from "@statsig/react-bindings";
 export const Page = () => {
.  if (!useGateValue("x")) {
.    return null;
.  }
G  one();
 };
""",
    "a setting of ConfigCat": """
 import { useFeatureFlag } from "configcat-react";
 export const Page = () => {
.  const { value, loading } = useFeatureFlag("x", false);
.  if (value) {
G    one();
.  }
 };
""",
    "the value of a form, beside ConfigCat": """
 import * as configcat from "configcat-js";
 export const pay = (form) => {
X  if (form.getValue("x")) {
X    one();
.  }
 };
""",
}
GO = {
    "the gates of Kubernetes, with no import but theirs": """
 import utilfeature "k8s.io/apiserver/pkg/util/feature"
 func Pay(cart Cart) {
.    if utilfeature.DefaultFeatureGate.Enabled(features.Twice) {
G        chargeTwice(cart)
.    }
 }
""",
    "gates that are handed in": """
 import "k8s.io/component-base/featuregate"
 func (s *Shop) Pay(cart Cart) {
.    if !s.featureGates.Enabled(features.Twice) {
.        return
.    }
G    chargeTwice(cart)
 }
""",
    "the level of a log, beside them": """
 import "k8s.io/component-base/featuregate"
 func (s *Shop) Pay(cart Cart) {
X    if klog.V(4).Enabled() {
X        chargeTwice(cart)
.    }
 }
""",
    "OpenFeature's truth": """
 import "github.com/open-feature/go-sdk/openfeature"
 func Pay(ctx context.Context, cart Cart) {
.    if client.Boolean(ctx, "x", false, openfeature.EvaluationContext{}) {
G        chargeTwice(cart)
.    }
 }
""",
    "the words of a value, beside OpenFeature": """
 import "github.com/open-feature/go-sdk/openfeature"
 func Pay(ctx context.Context, cart Cart) {
X    if cart.String() == "twice" {
X        chargeTwice(cart)
.    }
 }
""",
    "a client of Unleash": """
 import "github.com/Unleash/unleash-client-go/v4"
 func (s *Shop) Pay(cart Cart) {
.    if s.flags.IsEnabled("x") {
G        chargeTwice(cart)
.    }
 }
""",
    "what GrowthBook found": """
 import "github.com/growthbook/growthbook-golang"
 func Pay(ctx context.Context, cart Cart) {
.    if client.EvalFeature(ctx, "x").On {
G        chargeTwice(cart)
.    }
 }
""",
    "Optimizely's answer with an error": """
 import "github.com/optimizely/go-sdk/v2/pkg/client"
 func Pay(cart Cart) {
.    if on, _ := c.IsFeatureEnabled("x", user); on {
G        chargeTwice(cart)
.    }
 }
""",
}
JAVA = {
    "an enum of Togglz, without any import of it": """
 class Shop {
     void pay(Cart cart) {
.        if (MyFeatures.TWICE.isActive()) {
G            chargeTwice(cart);
.        }
     }
 }
""",
    "an account that is active": """
 class Shop {
     void pay(Cart cart) {
X        if (Accounts.FIRST.isActive()) {
X            chargeTwice(cart);
.        }
     }
 }
""",
    "FF4J": """
 import org.ff4j.FF4j;
 class Shop {
     void pay(Cart cart) {
.        if (ff4j.check("x")) {
G            chargeTwice(cart);
.        }
     }
 }
""",
    "a decision of Optimizely": """
 import com.optimizely.ab.OptimizelyUserContext;
 class Shop {
     void pay(Cart cart) {
.        if (user.decide("x").getEnabled()) {
G            chargeTwice(cart);
.        }
     }
 }
""",
    "an entry of a map, beside ConfigCat": """
 import com.configcat.ConfigCatClient;
 class Shop {
     void pay(Cart cart) {
X        if (entry.getValue()) {
X            chargeTwice(cart);
.        }
     }
 }
""",
}
RUBY = {
    "Flipper by its name": """
 def pay(cart)
.  return unless Flipper.enabled?(:x, cart.user)
G  charge_twice(cart)
 end
""",
    "a feature of Flipper": """
 def pay(cart)
.  if Flipper.feature(:x).enabled?(cart.user)
G    charge_twice(cart)
.  end
 end
""",
    "Flipper by brackets": """
 def pay(cart)
.  if Flipper[:x].enabled?(cart.user)
G    charge_twice(cart)
.  end
 end
""",
    "a rollout": """
 def pay(cart)
.  if $rollout.active?(:x, cart.user)
G    charge_twice(cart)
.  end
.  return if $rollout.inactive?(:y)
G  charge(cart)
 end
""",
    "an Unleash that is off": """
 def pay(cart)
.  return if Rails.configuration.unleash.is_disabled?("x")
G  charge_twice(cart)
 end
""",
}
CASES = {
    "src/shop.py": PYTHON,
    "src/shop.tsx": TYPESCRIPT,
    "src/shop.go": GO,
    "src/Shop.java": JAVA,
    "app/shop.rb": RUBY,
}


@pytest.mark.parametrize(
    ("path", "marked"),
    [pytest.param(path, text, id=f"{path}: {name}") for path, texts in CASES.items() for name, text in texts.items()],
)
def test_code_that_uses_a_library_is_read(path: str, marked: str) -> None:
    found = letters(path, marked, ())

    assert found == expected(marked)
