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
      # @7 dispatch/call :7 :20
    end
  end

  class Main < Base
    title = 5

    def title(value)
      value
    end
  end

  class Point < Struct.new(:x, :y)
    def sum
      x + y
      # @7 resolved/call :25
      #   ^ resolved/call :25
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

seen = Track::Main.new
get "/" do
  seen.title(1)
  # @3 exact/read :53
  #    ^ resolved/call :20
end
Track::Base.new.send(:run).frobnicate
#               ^ external/call external:ruby#Object.send
#                          ^ unresolved
