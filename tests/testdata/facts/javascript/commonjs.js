'use strict';
// CommonJS: require, exports, prototypes, old-style constructors.
const path = require('path');
const { join, sep: separator } = require('./paths');
const parse = require('./parser').parse;
var app = exports = module.exports = {};

app.init = function init(options) {
  this.settings = options;
  return join(path.sep, separator);
};

function Point(x, y) {
  this.x = x;
  this.y = y || parse(x);
}

Point.prototype.norm = function () {
  return Math.sqrt(this.x * this.x + this.scale(this.y));
};

Point.prototype.scale = (k) => k;

Point.origin = new Point(0, 0);

exports.helper = async function (a, b = 2, ...rest) {
  const self = this;
  for (const item of rest.items) {
    if (item && item.ok || a) continue;
    else self.done(item);
  }
  return await import('./lazy');
};
exports.limit = 10;
exports.Point = Point;

const lazy = async () => {
  const { one } = await import('./one');
  return one(path);
};

app.get('/users/:id', lazy);
app.get('/inline', (req, res) => res.send(req));

const table = {
  name: 'x',
  lazy,
  run() { return this.step(); },
  step: () => 1,
  nested: { deep() {} },
};
function outer() {
  var count = 0, count = 1;
  if (count) {
    let count = 2;
    inner(count);
  }
  function inner(n) { return outer(n); }
  const bound = function named() { return named; };
  const api = { inner, stop() { return bound(); } };
  [count, api.field] = [1, 2];
  ({ a: count, api: api.other } = inner());
  return api;
}
