"""Which added lines of Ruby run only with a flag on."""

from __future__ import annotations

import pytest

from tests.rules.given_flags import expected, letters

RUBY = {
    "the branch of a flag that is on": """
 def pay(cart)
.  if Flipper.enabled?(:x, cart.user)
G    charge_twice(cart)
.  else
X    charge_thrice(cart)
.  end
   charge(cart)
 end
""",
    "an early return": """
 def pay(cart)
.  return unless Flipper.enabled?(:x)
G  charge_twice(cart)
 end
""",
    "an early return on a line that stays": """
 def pay(cart)
   return old(cart) unless Flipper.enabled?(:x)
G  charge_twice(cart)
 end
""",
    "an early return by not": """
 def pay(cart)
.  return if !Flipper.enabled?(:x)
G  one(cart)
.  return if not Flipper.enabled?(:y)
G  two(cart)
 end
""",
    "an early exit by raise": """
 def pay(cart)
X  raise "off" unless Flipper.enabled?(:x)
G  charge_twice(cart)
 end
""",
    "what an exit does not keep from running": """
 def pay(cart)
   begin
.    return unless Flipper.enabled?(:x)
G    one(cart)
.  ensure
X    two(cart)
   end
 end
""",
    "a modifier": """
 def pay(cart)
G  one(cart) if Flipper.enabled?(:x)
X  two(cart) unless Flipper.enabled?(:x)
X  three(cart) if cart.big?
 end
""",
    "a modifier behind a flag in a module, and after a flag that leaves": """
 def pay(cart)
G  one(cart) if Shop::Features::Flipper.enabled?(:x)
G  @one = two(cart) if Flipper.enabled?(:x) && cart
X  render(json: cart) if Flipper.enabled?(:x) || cart
X  three(cart) while Flipper.enabled?(:x)
.  begin
G    four(cart)
.  end if Flipper.enabled?(:x)
 end
 def play(cart)
X  redirect_to(cart) and return unless Flipper.enabled?(:x)
G  one(cart)
 end
 def stay(cart)
X  cart or return unless Flipper.enabled?(:x)
X  one(cart)
X  two(cart) and three(cart) unless Flipper.enabled?(:x)
X  two(cart)
 end
""",
    "unless": """
 def pay(cart)
.  unless Flipper.enabled?(:x)
X    one(cart)
.  else
G    two(cart)
.  end
 end
""",
    "elsif": """
 def pay(cart)
.  if Flipper.enabled?(:x)
G    one(cart)
.  elsif Flipper.enabled?(:y)
G    two(cart)
.  else
X    three(cart)
.  end
 end
""",
    "and keeps it, or does not": """
 def pay(cart)
.  if cart.big? && Flipper.enabled?(:x)
G    one(cart)
.  end
X  if cart.big? || Flipper.enabled?(:x)
X    two(cart)
.  end
.  if cart.big? and Flipper.enabled?(:x)
G    three(cart)
.  end
 end
""",
    "a ternary": """
 def pay(cart)
G  Flipper.enabled?(:x) ? one(cart) : nil
 end
""",
    "a variable": """
 def pay(cart)
.  on = Flipper.enabled?(:x)
.  if on
G    charge_twice(cart)
.  end
 end
""",
    "a variable of the object": """
 class Shop
   def initialize
.    @on = Flipper.enabled?(:x)
   end
   def pay(cart)
G    charge_twice(cart) if @on
   end
 end
""",
    "a predicate": """
 class Shop
   def pay(cart)
.    return unless new_checkout?
G    charge_twice(cart)
   end
.  def new_checkout?
.    Flipper.enabled?(:x)
.  end
 end
""",
    "a predicate that remembers, and one that is given something": """
 class Shop
   def pay(cart)
G    one(cart) if new_checkout?
G    two(cart) if self.newer?(cart)
X    three(cart) if cart.newer?(cart)
   end
.  def new_checkout?
.    @new_checkout ||= Flipper.enabled?(:x)
.  end
.  def newer?(cart)
.    Flipper.enabled?(:x, cart)
.  end
 end
""",
    "a function that asks": """
.def newer?(cart)
.  Flipper.enabled?(:x, cart)
.end
.def newest? = Flipper.enabled?(:y)
.def newest = Flipper.enabled?(:y)
 def pay(cart)
G  zero(cart) if newest
G  one(cart) if newer?(cart)
G  two(cart) if newest?
 end
""",
    "a helper that does nothing without it": """
Gdef charge_twice(cart)
.  return unless Flipper.enabled?(:x)
G  charge(cart)
.end
 def pay(cart)
G  charge_twice(cart)
X  use(charge_twice(cart))
 end
""",
    "a method that only guarded lines call": """
 class Shop
   def pay(cart)
.    if Flipper.enabled?(:x)
G      charge_twice(cart)
.    end
   end
G  def charge_twice(cart)
G    charge(cart)
.  end
X  def charge_thrice(cart)
X    charge(cart)
.  end
 end
""",
    "a class that nobody names": """
Iclass NewShop
I  def pay(cart)
I    charge(cart)
.  end
.end
""",
    "a class that something may find": """
Xclass NewShop < ApplicationController
X  def pay(cart)
X    charge(cart)
.  end
.end
""",
    "a loop over a block": """
 def pay(carts)
G  carts.each do |cart|
.    next unless Flipper.enabled?(:x)
G    charge_twice(cart)
.  end
 end
""",
    "a block in a branch": """
 def pay(carts)
.  if Flipper.enabled?(:x)
G    carts.each { |cart| charge_twice(cart) }
.  end
 end
""",
    "a block that is run only if": """
 def pay(cart)
.  UNLEASH.if_enabled("x") do
G    charge_twice(cart)
.  end
 end
""",
    "what hands it on": """
 def pay(cart)
X  run(
.    on: Flipper.enabled?(:x),
X    cart: cart
.  )
 end
""",
    "where true means off": """
 def pay(cart)
.  return if Feature.disabled?(:x, cart)
G  charge_twice(cart)
 end
""",
    "what is no behaviour": """
.require "flipper"
.require_relative "shop"
 class Shop
.  # a comment
.  private
X  before_action :pay
 end
""",
    "a library that has to be required": """
 require "ldclient-rb"
 def pay(client, cart)
.  if client.variation("x", {}, false)
G    charge_twice(cart)
.  end
 end
""",
    "no library at all": """
 def pay(client, cart)
X  if client.variation("x", {}, false)
X    charge_twice(cart)
.  end
 end
""",
}


@pytest.mark.parametrize("marked", [pytest.param(marked, id=name) for name, marked in RUBY.items()])
def test_ruby_lines_are_guarded_by(marked: str) -> None:
    found = letters("app/services/shop.rb", marked, ())

    assert found == expected(marked)
