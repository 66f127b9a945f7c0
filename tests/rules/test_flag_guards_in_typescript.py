"""Which added lines of TypeScript, TSX and JavaScript run only with a flag on."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

TSX = {
    "the branch of a flag that is on": """
 export async function pay(cart: Cart) {
.  if (await features.has("x")) {
G    await chargeTwice(cart);
.  } else {
X    await chargeThrice(cart);
.  }
   charge(cart);
 }
""",
    "no braces": """
 function pay(cart) {
.  if (!features.has("x")) return;
G  chargeTwice(cart);
 }
""",
    "the whole branch on one line": """
 function pay(cart) {
G  if (features.has("x")) chargeTwice(cart);
X  other(cart); if (features.has("x")) chargeTwice(cart);
 }
""",
    "not, not not, and the optional chain": """
 function pay(cart) {
.  if (!!app?.features?.has("x")) {
G    one(cart);
.  }
.  if (!(features!.has("x"))) {
X    two(cart);
.  }
 }
""",
    "compared with a truth": """
 function pay(cart) {
.  if (features.has("x") === true) {
G    one(cart);
.  }
.  if (features.has("x") !== false) {
G    two(cart);
.  }
.  if (features.has("x") === false) {
X    three(cart);
.  }
X  if (features.has("x") !== undefined) {
X    four(cart);
.  }
 }
""",
    "and, or, and what stands for nothing": """
 function pay(cart) {
.  if (cart && features.has("x")) {
G    one(cart);
.  }
X  if (cart || features.has("x")) {
X    two(cart);
.  }
.  if (features.has("x") ?? false) {
G    three(cart);
.  }
X  if (features.has("x") ?? true) {
X    four(cart);
.  }
 }
""",
    "else if": """
 function pay(cart) {
.  if (features.has("x")) {
G    one(cart);
.  } else if (features.has("y")) {
G    two(cart);
.  } else {
X    three(cart);
.  }
 }
""",
    "a ternary and the arm of a boolean in markup": """
 export const Page = ({ cart }) => {
.  const isNew = features.has("x");
   return (
     <main>
G      {isNew && <NewCart cart={cart} />}
G      {isNew ? <NewTotal /> : null}
X      {isNew || <OldCart cart={cart} />}
X      <Footer />
     </main>
   );
 };
""",
    "something else beside it on the same line": """
 export const Page = ({ cart }) => {
X  render(features.has("x") ? two(cart) : one(cart), audit(cart));
G  render(features.has("x") ? two(cart) : one(cart), cart);
X  return <main>{features.has("x") && <New />}<Other /></main>;
 };
""",
    "a component": """
 export const Page = ({ cart }) => (
   <main>
.    <FeatureFlag name="x" fallback={<Old />}>
G      <NewCart cart={cart} />
.    </FeatureFlag>
   </main>
 );
""",
    "a component that stands for off, and one whose child is a function": """
 export const Page = ({ cart }) => (
   <main>
.    <FeatureOff name="x">
X      <NewCart cart={cart} />
.    </FeatureOff>
.    <FeatureFlag name="x">
X      {(on) => <NewCart cart={cart} on={on} />}
.    </FeatureFlag>
   </main>
 );
""",
    "an early exit of a component": """
 export function Page({ cart }) {
.  const isNew = features.has("x");
G  const rows = useRows(cart);
.  if (!isNew) return null;
G  return <Rows rows={sorted(rows)} />;
 }
""",
    "a variable that is only used with the flag on": """
 export function Page({ cart }) {
.  const isNew = features.has("x");
G  const rows = useRows(cart);
   return isNew ? <Rows rows={rows} /> : null;
 }
""",
    "a decorated class and method": """
.@gate("x")
G export class Shop {
G   pay() { return charge(); }
 }
""",
    "a decorated method": """
 class Shop {
.  @gate("x")
G  pay() {
G    return charge();
.  }
X  other() {
X    return charge();
.  }
 }
""",
    "an attribute of the object": """
 class Shop {
.  private isNew = features.has("x");
   pay(cart) {
.    if (this.isNew) {
G      chargeTwice(cart);
.    }
   }
 }
""",
    "a function value that asks": """
.const isNew = (cart) => features.has("x", cart);
.const isNewer = (cart) => {
G  return isNew(cart) && cart.big;
.};
 function pay(cart) {
.  if (isNewer(cart)) {
G    chargeTwice(cart);
.  }
 }
""",
    "a callback under an early exit": """
 function pay(cart) {
G  useEffect(() => {
.    if (!features.has("x")) return;
G    chargeTwice(cart);
G  }, [cart]);
X  useEffect(() => {
.    if (!features.has("x")) return;
G    chargeTwice(cart);
X  }, [other(cart)]);
 }
""",
    "a switch": """
 function pay(cart) {
   switch (cart.kind) {
     case 1:
.      if (!features.has("x")) break;
G      chargeTwice(cart);
G      break;
     default:
X      chargeThrice(cart);
   }
 }
""",
    "types, imports, exports and directives are no behaviour": """
.import { a } from "./a";
.import type { B } from "./b";
.export { c } from "./c";
.interface Cart {
.  id: number;
.}
.type Id = Cart["id"];
.declare const x: number;
 function pay(cart) {
X  charge<Cart>(cart as Cart);
.  // a comment
.  /* another
.     of two lines */
 }
""",
    "a flag handed on as an attribute of a component": """
 export const Page = () => (
   <Cart
.    isNew={features.has("x")}
X    total={total()}
   />
 );
""",
    "an attribute of a bag of flags": """
 export const Page = () => {
.  if (ui.flags.newCart) {
G    one();
.  }
.  if (ui.flags["new-cart"]) {
G    two();
.  }
X  if (ui.other.newCart) {
X    three();
.  }
 };
""",
}
BAGS = {
    "destructured, renamed and with a default": """
 import { useFlags } from "launchdarkly-react-client-sdk";
 export function Page({ cart }) {
.  const { newCart, old: isOld, other = false } = useFlags();
.  if (newCart && !isOld) {
G    one(cart);
.  }
G  return other ? <New /> : null;
 }
""",
    "held whole": """
 import { useFlags } from "launchdarkly-react-client-sdk";
 export function Page({ cart }) {
.  const flags = useFlags();
X  if (flags) {
X    zero(cart);
.  }
.  if (flags.newCart) {
G    one(cart);
.  }
.  if (flags["newer"].enabled) {
G    two(cart);
.  }
 }
""",
    "from a hook of the repository's own": """
 import { useFlags } from "launchdarkly-react-client-sdk";
.const useOurFlags = () => useFlags();
 export function Page({ cart }) {
.  const { newCart } = useOurFlags();
.  if (newCart) {
G    one(cart);
.  }
 }
""",
    "an object that says whether it is on": """
 import { useFeature } from "@growthbook/growthbook-react";
 export function Page({ cart }) {
.  const feature = useFeature("x");
X  if (feature) {
X    zero(cart);
.  }
.  if (feature.on) {
G    one(cart);
.  }
.  if (feature.off) {
X    two(cart);
.  }
.  const { on, off: out } = useFeature("y");
G  return on && !out ? <New /> : <Old />;
 }
""",
    "a variant by its name": """
 import { SplitFactory } from "@splitsoftware/splitio";
 export function pay(client, cart) {
.  const treatment = client.getTreatment("u", "x");
X  if (treatment) {
X    zero(cart);
.  }
.  if (treatment === "on") {
G    one(cart);
.  }
.  if (treatment !== "off") {
G    two(cart);
.  }
.  if (treatment === "control") {
X    three(cart);
.  }
.  if (treatment === Treatment.ON) {
G    four(cart);
.  }
 }
""",
}


@pytest.mark.parametrize("marked", [pytest.param(marked, id=name) for name, marked in {**TSX, **BAGS}.items()])
def test_typescript_lines_are_guarded_by(marked: str) -> None:
    found = letters("src/shop.tsx", marked)

    assert found == expected(marked)


@pytest.mark.parametrize("suffix", ["js", "jsx", "mjs", "cjs", "ts", "mts", "cts"])
def test_every_suffix_is_read_alike(suffix: str) -> None:
    marked = TSX["no braces"]

    found = letters(f"src/shop.{suffix}", marked)

    assert found == expected(marked)
