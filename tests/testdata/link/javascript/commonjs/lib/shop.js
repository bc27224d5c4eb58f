'use strict';

var fs = require('fs');
var Cart = require('./cart');
var helpers = require('./helpers');
const { round, total: sum } = require('./helpers');
//      ^ resolved/import lib/helpers.js:1
//             ^ resolved/import lib/helpers.js:7

exports = module.exports = createShop;

function createShop(name) {
  var cart = new Cart(name);
  //             ^ resolved/new lib/cart.js:5
  cart.add(3);
  //   ^ resolved/call lib/cart.js:10
  cart.items.push(1);
  //   ^ resolved/read lib/cart.js:7
  helpers.round(2);
  //      ^ resolved/call lib/helpers.js:1
  sum([1]);
  // @3 resolved/call lib/helpers.js:7
  helpers.missing();
  //      ^ unresolved
  fs.readFileSync(name);
  // ^ external external:fs#readFileSync
  Cart.create(name);
  //   ^ resolved/call lib/cart.js:23
  createShop.call(null, name);
  // @3 exact/value :12
  //         ^ external external:global#Function.call
  name.whatever();
  //   ^ unresolved
  return inner();
  //     ^ exact/call :37

  function inner() {
    return round(1);
    //     ^ resolved/call lib/helpers.js:1
  }
}

exports.version = '1';
exports.open = function open() {};
