# frozen_string_literal: true

require "json"
require_relative "support/base"

LIMIT = 10

# Shapes and
# their friends.
module Shapes
  VERSION = "1.0"

  # A circle.
  class Circle < Base::Shape
    include Comparable, Helpers::Printable
    extend Registry
    prepend Loud

    attr_accessor :radius, :name
    attr_reader "label"

    @@count = 0

    def self.unit(scale = 1)
      @cache ||= new(scale)
    end

    def initialize(radius, name = "c", *rest, key:, other: 2, **options, &block)
      super()
      @radius = radius
      @pen = Pen.new(name)
      @@count += 1
    end

    def area
      @radius * @radius * LIMIT
    end

    def draw(canvas)
      @pen.draw(canvas, area)
      self.radius = 3
      self.class.unit.area
      Shapes::Circle.new(1).draw canvas
      ::Kernel.puts name
    end

    def <=>(other)
      area <=> other.area
    end

    def radius=(value)
      super
      @radius = value
    end

    alias surface area
    alias_method :size, :area

    define_method(:grow) { |by| @radius += by }

    class << self
      attr_reader :registry

      def build
        instance = new(1)
        instance.draw(nil)
        instance
      end
    end

    protected

    def compare(a) = a

    private

    def hidden; end

    public def visible; end
    private_class_method :unit
  end

  class Deep::Er
    module_function

    def helper; end
  end

  Point = Struct.new(:x, :y) do
    def length
      x + y
    end
  end
  Problem = Class.new(StandardError)
end

class Shapes::Circle
  def reopened
    area
  end
end

def top_level(x)
  x
end

counter = top_level(1)
$global = counter
