"""Which elements of markup run only with a flag on, by the condition that they are given."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

TSX = {
    "the sides as attributes": """
 const isNew = features.has("x");
 export const Page = ({ cart }) => (
   <main>
.    <ConditionallyRender
.      condition={isNew && cart.big}
X      key={cart.id}
.      show={
G        <NewCart cart={cart} />
.      }
X      elseShow={<OtherCart cart={cart} />}
.    />
.    <ConditionallyRender
.      condition={!isNew}
X      show={<OtherCart cart={cart} />}
.      elseShow={
G        <NewCart cart={cart} />
.      }
.    />
   </main>
 );
""",
    "old code that moved to the other side": """
 const isNew = features.has("x");
 export const Page = ({ cart }) => (
   <main>
-    <OldCart cart={cart} />
.    <ConditionallyRender
.      condition={isNew}
G      show={<NewCart cart={cart} />}
G      elseShow={<OldCart cart={cart} />}
.    />
   </main>
 );
""",
    "the sides as children and another one": """
 const isNew = features.has("x");
 export const Page = ({ cart }) => (
   <main>
X    <Show when={isNew} fallback={<OtherCart />}>
G      <NewCart cart={cart} />
.    </Show>
.    <UI.If condition={isNew}>
       {cart.words}
X      {() => <NewCart cart={cart} />}
.    </UI.If>
.    <If condition={isNew} then={
G      <NewCart cart={cart} />
.    } else={
X      <OtherCart cart={cart} />
.    } />
.    <If condition={!isNew}>
X      <OtherCart cart={cart} />
.    </If>
   </main>
 );
""",
    "a name that says that it is a gate": """
 const isNew = features.has("x");
 export const Page = ({ cart }) => (
   <main>
.    <FeatureGate enabled={isNew}>
G      <NewCart cart={cart} />
.    </FeatureGate>
X    <Button enabled={isNew}>
X      <NewCart cart={cart} />
.    </Button>
   </main>
 );
""",
    "what shows it in any case, or without the flag": """
 const isNew = features.has("x");
 export const Page = ({ cart }) => (
   <main>
X    <ConditionalWrapper condition={isNew} wrapper={Frame}>
X      <OtherCart cart={cart} />
.    </ConditionalWrapper>
X    <Unless condition={isNew}>
X      <OtherCart cart={cart} />
.    </Unless>
X    <section if={isNew}>
X      <OtherCart cart={cart} />
.    </section>
X    <Show when={cart.big}>
X      <OtherCart cart={cart} />
.    </Show>
   </main>
 );
""",
    "the arm of a boolean over several lines": """
 const isNew = features.has("x");
 export const Page = ({ cart }) => (
   <main>
.    {isNew && (
G      <NewCart cart={cart} />
.    )}
   </main>
 );
""",
    "an element with two conditions": """
 const isNew = features.has("x");
 export const Page = ({ cart }) => (
   <main>
.    <Show if={isNew} when={isNew}>
G      <NewCart cart={cart} />
.    </Show>
   </main>
 );
""",
    "an element that is given whole": """
 const isNew = features.has("x");
 export function Page({ cart }) {
.  return (
.    <Show when={isNew} fallback>
G      <NewCart cart={cart} />
.    </Show>
.  );
 }
""",
}


@pytest.mark.parametrize("marked", [pytest.param(marked, id=name) for name, marked in TSX.items()])
def test_elements_are_guarded_by(marked: str) -> None:
    found = letters("src/page.tsx", marked)

    assert found == expected(marked)
