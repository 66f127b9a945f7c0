"""What `flag-wrapped` follows from one file of a pull request into another, and how far."""

from __future__ import annotations

from tests.rules.given_flags import judge


def test_predicates_and_new_functions_cross_files() -> None:
    result = judge(
        {
            "src/gates.py": """
 import os
.def is_new(cart):
.    return features.has("x", cart)
""",
            "src/billing/pay.py": """
 from gates import is_new
 from twice import twice
 def pay(cart):
.    if is_new(cart):
G        twice(cart)
""",
            "src/billing/twice.py": """
Gdef twice(cart):
G    charge(cart)
""",
        }
    )

    assert (result.facts["guarded"], result.facts["exposed"], result.facts["wrapped"]) == (3, 0, "full")


def test_a_default_export_is_followed_under_the_name_that_another_file_gives_it() -> None:
    result = judge(
        {
            "src/Twice.tsx": "Gexport default function Twice() {\nG  return charge();\n.}\n",
            "src/Page.tsx": """
 import Anything from "./Twice";
 export const Page = () => {
X  Anything();
G  return features.has("x") ? <Anything /> : null;
 };
""",
        }
    )

    assert (result.facts["guarded"], result.facts["inert"], result.facts["exposed"]) == (1, 0, 3)


def test_a_component_that_is_loaded_with_the_flag_on_is_guarded() -> None:
    result = judge(
        {
            "src/Twice.tsx": "Gexport default function Twice() {\nG  return charge();\n.}\n",
            "src/Page.tsx": """
Gconst New = lazy(() => import("./Twice"));
 export const Page = () => {
G  return features.has("x") ? <New /> : null;
 };
""",
        }
    )

    assert (result.facts["guarded"], result.facts["exposed"]) == (4, 0)


def test_a_predicate_is_only_known_where_it_is_imported_from_its_file() -> None:
    gates = {"src/gates.py": " import os\n.def is_new(cart):\n.    return features.has('x', cart)\n"}
    uses = "Xdef pay(cart):\nX    if is_new(cart):\nX        twice(cart)\nXpay(1)\n"

    result = judge({**gates, "src/a.py": f" from other import is_new\n{uses}", "src/b.py": f" import is_new\n{uses}"})

    assert result.facts["guarded"] == 0


def test_predicates_are_followed_through_three_files_and_no_further() -> None:
    files = {"src/g0.py": " import os\n.def p0():\n.    return features.has('x')\n"} | {
        f"src/g{at}.py": f" from g{at - 1} import p{at - 1}\n.def p{at}():\n.    return p{at - 1}()\n"
        for at in range(5, 0, -1)
    }

    result = judge(files)

    assert (result.facts["inert"], result.facts["exposed"]) == (4, 0)


def test_a_new_function_is_followed_by_its_own_name_in_a_file_that_imports_another() -> None:
    result = judge(
        {
            "src/twice.py": " A = 1\nIdef twice(cart):\nI    charge(cart)\n",
            "src/shop.py": " from twice import A\n def pay(cart):\nX    charge(A)\n",
        }
    )

    assert (result.facts["inert"], result.facts["exposed"]) == (2, 1)
