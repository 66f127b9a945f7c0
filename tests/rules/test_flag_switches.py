"""Which arms of a switch run only with a flag on, and what only names a value that a flag decides about."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

FLAGS = ("features.has", "features.enabled?", "Features.kind", "Toggle.kind.on")

TYPESCRIPT = {
    "a switch over true": """
 function pay(cart) {
.  const on = features.has("x");
.  switch (true) {
.    case on:
G      one(cart);
G      break;
X    case cart.big:
X      two(cart);
.    case features.has("y"):
X      three(cart);
.    default:
X      four(cart);
.  }
 }
""",
    "a switch over a flag": """
 function pay(cart) {
.  switch (features.has("x")) {
.    case true: {
G      one(cart);
G      break;
.    }
.    case false:
X      two(cart);
.    default:
X      three(cart);
.  }
.  switch (!features.has("x")) {
.    case true:
X      one(cart);
X      return;
.    default:
G      two(cart);
.  }
 }
""",
    "a switch over a variant, which falls through": """
 import { OpenFeature } from "@openfeature/server-sdk";
 async function pay(cart, client) {
.  const variant = await client.getStringValue("x", "off");
.  switch (variant) {
.    case "a":
.    case NEW:
G      one(cart);
.    case Kinds.b:
G      two(cart);
G      break;
.    case "off":
.    case "c":
X      three(cart);
.    case "d":
X      four(cart);
X      break;
.    case Kinds.OFF:
X      five(cart);
X      break;
.    case "e":
G      six(cart);
G      break;
X    case pick(cart):
X      seven(cart);
.    case null:
.    default:
X      eight(cart);
.  }
 }
""",
    "the name of a variant that an object says": """
 import { useVariant } from "@unleash/proxy-client-react";
 function pay(cart) {
.  const variant = useVariant("x");
.  switch (variant.name) {
.    case "a":
G      one(cart);
G      break;
.    case "disabled":
X      two(cart);
.  }
 }
""",
    "a switch over anything else": """
 function pay(cart) {
.  const on = features.has("x");
X  switch (cart.kind) {
X    case on:
X      one(cart);
.  }
 }
""",
    "a value over several lines": """
 function pay(cart) {
.  const title = features.has("x")
G    ? one(cart)
X    : two(cart);
X  const other = cart.big
X    ? one(cart)
X    : two(cart);
.  cart.total = features.has("x") &&
G    three(cart);
X  keep({
.    title: (features.has("x")
G      ? one(cart)
X      : two(cart)),
.  });
.  return features.has("x")
G    ? one(cart)
X    : two(cart);
 }
""",
    "an exception over several lines": """
 function pay(cart) {
X  throw features.has("x")
G    ? one(cart)
X    : two(cart);
 }
""",
}

PYTHON = {
    "a match over a variant": """
 from openfeature import api
 def pay(cart, client):
.    match client.get_string_value("x", "off"):
.        case "a" | "b":
G            one(cart)
.        case "off" | "c":
X            two(cart)
.        case Variant.NEW:
G            three(cart)
.        case Variant.CONTROL:
X            four(cart)
G        case "d" if cart.big:
G            five(cart)
.        case other:
X            six(cart)
.        case _:
X            seven(cart)
""",
    "a match over a flag": """
 def pay(cart):
.    match features.has("x"):
.        case True:
G            one(cart)
.        case False:
X            two(cart)
.        case _:
G            three(cart)
""",
    "a match whose arm asks": """
 def pay(cart):
X    match cart.kind:
X        case "a" if features.has("x"):
G            one(cart)
X        case _:
X            two(cart)
""",
    "a value in brackets": """
 def pay(cart):
.    title = (
G        one(cart)
.        if features.has("x")
X        else two(cart)
.    )
.    return (
G        one(title)
.        if features.has("x")
X        else two(title)
.    )
""",
}

GO = {
    "a switch over nothing": """
 package shop
 func pay(cart Cart) {
.	switch {
.	case features.has("x") && cart.Big:
G		one(cart)
X	case cart.Small:
X		two(cart)
X		fallthrough
.	case features.has("y"):
X		three(cart)
.	case !features.has("x"):
X		four(cart)
.	default:
G		five(cart)
.	}
 }
""",
    "a switch over a flag": """
 package shop
 func pay(cart Cart) {
.	on := features.has("x")
.	switch on {
.	case true:
G		one(cart)
G		fallthrough
.	case false:
X		two(cart)
.	default:
G		three(cart)
.	}
.	switch found := features.has("x"); found {
.	case true:
G		one(cart)
.	}
X	switch cart.Kind {
X	case on:
X		two(cart)
.	}
 }
""",
    "a switch over a variant": """
 package shop
 import "github.com/open-feature/go-sdk/openfeature"
 func pay(client Client, cart Cart) {
.	variant := client.StringValue(ctx, "x", "off", eval)
.	switch variant {
.	case "a", "b":
G		one(cart)
.	case "c", "off":
X		two(cart)
.	case kinds.New:
G		three(cart)
.	default:
X		four(cart)
.	}
 }
""",
}

JAVA = {
    "a switch that falls through": """
 import dev.openfeature.sdk.Client;
 class Shop {
   int pay(Cart cart) {
.    switch (client.getStringValue("x", "off")) {
.      case "a":
.      case NEW:
G        one(cart);
G        break;
.      case "off":
X        two(cart);
.      case "b":
X        three(cart);
.      default:
X        four(cart);
.    }
   }
 }
""",
    "a switch that gives a value": """
 class Shop {
   int pay(Cart cart) {
.    final int total = switch (features.has("x")) {
G      case true -> one(cart);
X      default -> two(cart);
.    };
.    return switch (features.has("x")) {
.      case true -> {
G        yield one(cart);
.      }
.      default -> {
X        yield two(cart);
.      }
.    };
   }
 }
""",
    "a value over several lines": """
 class Shop {
   int pay(Cart cart) {
.    int total = features.has("x")
G      ? one(cart)
X      : two(cart);
X    int other = one(cart), another = features.has("x")
G      ? one(cart)
X      : two(cart);
.    return features.has("x")
G      ? one(cart)
X      : two(cart);
   }
 }
""",
}

RUBY = {
    "a case over nothing": """
 def pay(cart)
.  case
.  when features.enabled?(:x)
G    one(cart)
X  when cart.big?
X    two(cart)
.  else
X    three(cart)
.  end
 end
""",
    "a case over a flag": """
 def pay(cart)
.  case features.enabled?(:x)
G  when true then one(cart)
.  when false
X    two(cart)
.  else
G    three(cart)
.  end
 end
""",
    "a case over a variant as a value": """
 def pay(cart)
.  total = case features.enabled?(:x)
.          when :new, "newer"
G            one(cart)
.          when :off
X            two(cart)
.          else
X            three(cart)
.          end
.  if features.enabled?(:x) == :new
G    one(total)
.  end
.  return total if features.enabled?(:x) == :off
 end
""",
    "a case in the other form": """
 def pay(cart)
.  case features.enabled?(:x)
.  in "a" | "b"
G    one(cart)
.  in other
X    two(cart)
.  else
X    three(cart)
.  end
X  case cart
X  in Cart if features.enabled?(:x)
G    one(cart)
.  end
 end
""",
    "an if as a value": """
 def pay(cart)
.  total = if features.enabled?(:x)
G            one(cart)
.          else
X            cart
.          end
X  render(total)
 end
""",
}


def _cases(path: str, sources: dict[str, str]) -> list[object]:
    return [pytest.param(path, marked, id=f"{path}: {name}") for name, marked in sources.items()]


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        *_cases("src/shop.ts", TYPESCRIPT),
        *_cases("src/shop.py", PYTHON),
        *_cases("src/shop.go", GO),
        *_cases("src/Shop.java", JAVA),
        *_cases("app/shop.rb", RUBY),
    ],
)
def test_arms_and_values_are_guarded_by(path: str, marked: str) -> None:
    found = letters(path, marked, FLAGS)

    assert found == expected(marked)
