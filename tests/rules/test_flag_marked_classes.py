"""Classes and methods that run only with a flag on: by what a decorator is given, or by a mixin."""

from __future__ import annotations

import pytest

from rules.engine.flags.reading.pattern import parsed
from rules.engine.flags.reading.reading import read
from tests.rules.given_flags import expected, letters

FLAGS = ("@FeatureGuard", "!@OffGuard", "@GatedMixin")

CASES = {
    "a mixin of a library": (
        "src/views.py",
        """
 from waffle.mixins import WaffleFlagMixin
Gclass NewShop(WaffleFlagMixin, View):
G    waffle_flag = "new-shop"
G    def get(self):
G        return one()
""",
    ),
    "a mixin that is told to run without the flag": (
        "src/views.py",
        """
 from waffle import mixins
 from waffle.mixins import WaffleSwitchMixin
 class OldShop(mixins.WaffleSwitchMixin, View):
     title: str
     model = Shop
     waffle_switch = "!new-shop"
X    def get(self):
X        return one()
 class NewShop(mixins.WaffleSwitchMixin, View):
     waffle_switch = "new-shop"
G    def get(self):
G        return one()
 class AnyShop(WaffleSwitchMixin, View):
     waffle_switch: str
G    def get(self):
G        return one()
""",
    ),
    "an attribute without the mixin": (
        "src/views.py",
        """
 from waffle.mixins import WaffleFlagMixin
 class NewShop(View):
     waffle_flag = "new-shop"
X    def get(self):
X        return one()
 use(WaffleFlagMixin)
""",
    ),
    "a decorator that is given to another one": (
        "src/views.py",
        """
 from waffle.decorators import waffle_flag
.@method_decorator(waffle_flag("x"), name="dispatch")
Gclass NewShop(View):
G    def get(self):
G        return one()
X@method_decorator(waffle_flag("x"), name="post")
Xclass OldShop(View):
X    def get(self):
X        return one()
X@method_decorator(login("x"), name="dispatch")
Xclass AnyShop(View):
X    def get(self):
X        return one()
""",
    ),
    "a guard of a controller": (
        "src/shop.controller.ts",
        """
 @Controller()
 export class Shop {
   zero() {
     return zero();
   }
.  @UseGuards(FeatureGuard("x"), Other)
G  @Get()
G  one() {
G    return one();
.  }
.  @UseGuards(FeatureGuard("y"))
G  more() {
G    return more();
.  }
X  @UseGuards(Other("x"))
X  two() {
X    return two();
.  }
.  @UseGuards(new OffGuard("x"))
X  three() {
X    return three();
.  }
 }
""",
    ),
    "a class that another one gates": (
        "src/shop.ts",
        """
 class Shop extends GatedMixin(Base) {
G  one() {
G    return one();
.  }
 }
 class Other extends Base {
X  one() {
X    return one();
.  }
 }
""",
    ),
}


@pytest.mark.parametrize(("path", "marked"), [pytest.param(*case, id=name) for name, case in CASES.items()])
def test_classes_and_methods_are_guarded_by(path: str, marked: str) -> None:
    found = letters(path, marked, FLAGS)

    assert found == expected(marked)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (b'class Shop(GatedMixin):\n    waffle_flag = "new-shop"\n', {"new-shop"}),
        (b'class Shop(GatedMixin):\n    title = "new-shop"\n', set()),
        (b"class Shop(GatedMixin):\n    flag = FLAG\n", set()),
        (b'@outer(FeatureGuard("x"))\nclass Shop:\n    pass\n', {"x"}),
    ],
)
def test_the_flag_of_a_class_is_the_one_that_it_names(text: bytes, key: set[str]) -> None:
    found = read("src/shop.py", text, parsed(FLAGS))

    assert found is not None
    assert found.keys() == key
