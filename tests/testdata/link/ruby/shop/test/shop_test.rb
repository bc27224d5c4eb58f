require "minitest/autorun"
require "shop"

class ShopTest < Minitest::Test
  def setup
    @basket = Shop::Basket.new
    #                      ^ resolved/new lib/shop.rb:15
  end

  def test_adds
    @basket.add("x")
    # @5 resolved/read :6
    #       ^ resolved/call lib/shop.rb:17
    assert_equal 1, helper(2)
    # @5 external/call external:test#assert_equal
    #               ^ resolved/call :19
  end

  def helper(x)
    y = x
    y
    # @5 exact/read :20
  end
end
