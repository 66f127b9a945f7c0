"""Predicates and fields that hold flags: of the object itself, of the package, of another class."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

FLAGS = ("features.has", "features.Enabled")

GO = """
 package shop
 type Shop struct{}
 func New() *Shop {
X	return &Shop{
.		on: features.Enabled(x),
X		big: true, 3,
.	}
 }
 func (s *Shop) Pay(cart Cart) {
.	if s.useNew() {
G		one(cart)
.	}
.	if s.on {
G		two(cart)
.	}
X	if other.useNew() || other.on || s.big || s.deep.on {
X		three(cart)
.	}
.	if !s.off {
G		four(cart)
.	}
X	if s.unsure || s.pair {
X		five(cart)
.	}
X	call(func() { one(s.on && two(cart)) })
X	use(s.useNew)
 }
 func (s *Shop) Sell(t *Shop) {
X	if t.on {
X		one(cart)
.	}
 }
 func (o *Other) Pay(cart Cart) {
X	if o.useNew() || o.on {
X		one(cart)
.	}
 }
.func (s *Shop) useNew() bool {
.	return features.Enabled(x)
.}
 func (*Shop) set(s Shop) {
X	s.on = true
 }
 func (s *Shop) set() {
.	s.off = !features.Enabled(x)
X	s.unsure = features.Enabled(x)
X	s.unsure = cart.Big()
X	s.pair, s.other = both(features.Enabled(x))
 }
"""


def test_go_fields_and_methods_are_those_of_the_receiver() -> None:
    found = letters("pkg/shop.go", GO, FLAGS)

    assert found == expected(GO)


GO_OTHER = """
 package shop
.func useNew() bool {
.	return features.Enabled(x)
.}
.func (s *Shop) useNewer() bool {
.	return features.Enabled(x)
.}
"""

GO_USER = """
 package shop
 func (s *Shop) Pay(cart Cart) {
.	if useNew() {
G		one(cart)
.	}
.	if s.useNewer() {
G		two(cart)
.	}
X	if other.useNewer() {
X		three(cart)
.	}
X	use(s.useNewer)
 }
"""

GO_STRANGER = """
 package shop
 func (s *Shop) Pay(cart Cart) {
X	if useNew() || s.useNewer() {
X		one(cart)
.	}
 }
"""

GO_OWN = """
 package shop
 func useNew() bool { return true }
 func Pay(cart Cart) {
X	if useNew() {
X		one(cart)
.	}
 }
"""

JAVA_OTHER = """
 package shop;
 class Switches {
.  static boolean useNew() {
.    return features.has("x");
.  }
 }
"""

JAVA_USER = """
 package shop;
 class Shop {
   void pay(Cart cart) {
.    if (Switches.useNew()) {
G      one(cart);
.    }
X    if (others.useNew() || useNew()) {
X      two(cart);
.    }
   }
 }
"""

KOTLIN_OTHER = """
 package shop
.fun useNew(): Boolean = features.has("x")
"""

KOTLIN_USER = """
 package shop
 fun pay(cart: Cart) {
.    if (useNew()) {
G        one(cart)
.    }
 }
"""

PYTHON_OTHER = """
 class Switches:
.    @staticmethod
.    def use_new():
.        return features.has("x")
"""

PYTHON_USER = """
 from shop.switches import Switches
 def pay(cart):
.    if Switches.use_new():
G        one(cart)
X    if Others.use_new() or Switches.use_new:
X        two(cart)
"""

PYTHON_STRANGER = """
 def pay(cart):
X    if Switches.use_new():
X        one(cart)
"""

RUBY_OTHER = """
 class Switches
.  def self.use_new?
.    features.has(:x)
.  end
 end
"""

RUBY_USER = """
 def pay(cart)
.  if Switches.use_new?
G    one(cart)
.  end
 end
"""


@pytest.mark.parametrize(
    ("path", "marked", "other", "source"),
    [
        pytest.param("pkg/shop/pay.go", GO_USER, "pkg/shop/on.go", GO_OTHER, id="go, in the package"),
        pytest.param("pkg/more/pay.go", GO_STRANGER, "pkg/shop/on.go", GO_OTHER, id="go, in another package"),
        pytest.param("pkg/shop/pay.go", GO_OWN, "pkg/shop/on.go", GO_OTHER, id="go, with one of its own"),
        pytest.param("shop/Shop.java", JAVA_USER, "shop/Switches.java", JAVA_OTHER, id="java, by the class"),
        pytest.param("shop/Shop.kt", KOTLIN_USER, "shop/Switches.kt", KOTLIN_OTHER, id="kotlin, in the package"),
        pytest.param("shop/pay.py", PYTHON_USER, "shop/switches.py", PYTHON_OTHER, id="python, by the class"),
        pytest.param("shop/pay.py", PYTHON_STRANGER, "shop/switches.py", PYTHON_OTHER, id="python, with no import"),
        pytest.param("app/pay.rb", RUBY_USER, "app/switches.rb", RUBY_OTHER, id="ruby, by the class"),
    ],
)
def test_predicates_of_another_changed_file_are_known(path: str, marked: str, other: str, source: str) -> None:
    found = letters(path, marked, FLAGS, {other: source})

    assert found == expected(marked)
