module Shop
  module Priced
    def label
      price.to_s
      # @7 dispatch/call :8 lib/shop/item.rb:7
    end

    def price = 0
  end

  class Base
    def store(item)
      self.class.build
      #          ^ resolved/call :17
    end

    def self.build
      new
      # @7 resolved/new :11
    end
  end
end
