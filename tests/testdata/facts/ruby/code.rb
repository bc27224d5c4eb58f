require 'minitest/autorun'

def flow(items, limit: 3)
  total = 0
  items.each_with_index do |item, (a, b); scratch|
    next unless item.ready? && limit > a
    total += item.cost
    scratch = total
  end
  if total > limit and items.any?
    warn "too much: #{total} for #{name}"
  elsif total.zero? || limit.nil?
    first, *rest = items
    rest.push(first)
  else
    raise ArgumentError, "no"
  end
  result = total > 1 ? Item.new(total) : nil
  adder = ->(x, y = 1) { x + y + total }
  adder.call(1)
  adder.(2)
  yield result if block_given?
  total
end

def matching(event)
  case event
  when Integer, Some::Type then 1
  end
  case event
  in {kind: String => kind, at:} if at > 1
    kind + at
  in [first, *others]
    others << first
  end
  begin
    risky(event)
  rescue IoError, Net::Error => e
    log(e.message)
    raise
  rescue Other => other
    other.retry!
  ensure
    done
  end
  for i in 1..3 do print i end
  value = table[:key]&.name
  value ||= compute 1, *event, **{}
  items.map(&:to_s).each { puts _1 }
  Point::ORIGIN.dist
  Util::run(value)
end

class WorkTest < Minitest::Test
  def setup
    @work = Work.new
  end

  def test_it_works
    assert_equal 1, @work.run
    assert @work.done?
  end
end

RSpec.describe Work do
  let(:work) { Work.new }
  subject(:app) { App.new(work) }

  context "when busy" do
    before { work.start }

    it "stops" do
      helper = work.stop
      expect(helper).to be_nil
      get "/users" do
      end
    end

    def helper_method
      work
    end
  end
end

class App < Sinatra::Base
  get "/users/:id" do |id|
    User.find(id).to_json
  end

  post('/users') { create }
end

Rails.application.routes.draw do
  get "profile", to: "users#show"
end
