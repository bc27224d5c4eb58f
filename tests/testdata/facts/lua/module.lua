local json = require("cjson")
local util = require 'pkg.util'
local trim = require("pkg.text").trim
require "side.effect"

local M = {}
local LIMIT = 10
version = "1.0"
_G.shared = true

--- Adds two numbers.
-- @param a first
function M.add(a, b)
  return a + b
end

function M:scale(factor, ...)
  local total = 0
  for i, v in ipairs({ ... }) do
    if v > LIMIT and i ~= 2 then
      total = total + v
    elseif v == 0 or not v then
      break
    else
      self.count = v
    end
  end
  for j = 1, 10 do total = total + j end
  while total > 100 do total = util.half(total) end
  repeat total = total - 1 until total < 0
  return self:add(total * factor, 1)
end

M.sub = function(a, b) return M.add(a, -b) end
M.name = "module"
M.nested = { deep = { run = function() return json.encode({}) end } }

local function helper(x)
  local inner = function(y) return x + y end
  local function twice(z) return inner(inner(z)) end
  return twice(x)
end

function global_function(first) return helper(first) end

local Class = setmetatable({
  field = 1,
  method = function(self, n) return n end,
}, { __index = M })

Class.__index = Class
function Class.new() return setmetatable({}, Class) end

describe("adding", function()
  it("adds", function()
    assert.equals(3, M.add(1, 2))
  end)
end)

table.sort({}, function(a, b) return a < b end)

return M
