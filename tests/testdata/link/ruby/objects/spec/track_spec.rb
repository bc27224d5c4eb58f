require "minitest/autorun"

describe "title" do
  attr_reader :subject_track

  it "tells" do
    subject_track.title(1).must_equal 1
    # @5 exact/call :4
    #                      ^ external/call external:test#must_equal
    body = Object.new
    def body.each; end
    #   ^ exact/read :10
  end
end

describe "running" do
  describe :run_fast do
    it("is quick") { run_fast }
    #                ^ unresolved
  end
end

RSpec.describe Track do
  #   ^ external/call external:rspec#RSpec.describe
end
