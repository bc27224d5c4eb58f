require "json"
require_relative "shop/priced"
require "shop/item"

module Shop
  CURRENCY = "EUR"

  def self.total(items)
    items.sum { |i| Item.unit(i).price }
    #               ^ resolved/value lib/shop/item.rb:4
    #                    ^ resolved/call lib/shop/item.rb:9
    #                            ^ resolved/call lib/shop/item.rb:7
  end

  class Basket < Base
    #            ^ resolved/inherit lib/shop/priced.rb:11
    def add(name)
      item = Item.new(name, 2)
      #           ^ resolved/call lib/shop/item.rb:13
      item.describe
      #    ^ resolved/call lib/shop/item.rb:18
      item.label
      #    ^ resolved/call lib/shop/priced.rb:3
      store(item)
      # @7 resolved/call :35
      Shop.total([item])
      #    ^ resolved/call :8
      puts CURRENCY, JSON.dump(item)
      # @7 external/call external:ruby#puts
      #    ^ resolved/read :6
      mystery.fly
      #       ^ unresolved
    end

    def store(item)
      super
      # @7 resolved/call lib/shop/priced.rb:12
      @items = []
      helper(1)
      # @7 resolved/call :45
    end
  end
end

def helper(x)
  x
end
