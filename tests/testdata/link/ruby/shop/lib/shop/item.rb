require_relative "priced"

module Shop
  class Item
    include Priced
    #       ^ resolved/inherit lib/shop/priced.rb:2
    attr_reader :price

    def self.unit(name)
      new(name, 1)
    end

    def initialize(name, price)
      @name = name
      @price = price
    end

    def describe
      Tag.new(@name).text + label
      # @7 resolved/value :29
      #       ^ resolved/read :14
      #              ^ resolved/call :30
      #                     ^ resolved/call lib/shop/priced.rb:3
      @price
      # @7 resolved/read :15
    end

    # What is printed.
    class Tag < Struct
      def text
        ::Shop::CURRENCY
        #       ^ resolved/read lib/shop.rb:6
      end
    end
  end
end
