module Track
  def self.new(base)
    base
  end

  class Base
    def title(value)
      value
    end

    def run
      title(1)
      # @7 dispatch/call :7 :22
    end
  end

  class Main < Base
    title = 5
    puts title
    #    ^ resolved/read :17

    def title(value)
      value
    end
  end

  class Point < Struct.new(:x, :y)
    def sum
      x + y
      # @7 resolved/read :27
      #   ^ resolved/read :27
    end
  end
end

def log(thing)
  thing.nil?
  #     ^ external/call external:ruby#Object.nil?
  thing.class
  #     ^ external/call external:ruby#Object.class
  thing.frobnicate
  #     ^ unresolved
  Track.new(1).set(2)
  #     ^ resolved/call :2
  #            ^ unresolved
  Track::Base.new.respond_to?(:run)
  #               ^ external/call external:ruby#Object.respond_to?
  Track::Base.superclass
  #           ^ external/call external:ruby#Module.superclass
  Logger.new(STDOUT)
  # @3 external external:ruby#Logger
  #      ^ external/call external:ruby#Logger.new
end
