var Base = require('./base');

module.exports = Cart;

function Cart(owner) {
  this.owner = owner;
  this.items = [];
}

Cart.prototype.add = function add(item) {
  this.items.push(item);
  //   ^ resolved/read :7
  this.check();
  //   ^ resolved/call :19
  return new Base.Money(item);
  //              ^ resolved/new lib/base.js:1 lib/base.js:2
};

Cart.prototype.check = function check() {
  return this.owner;
};

Cart.create = function create(owner) {
  return new Cart(owner);
  //         ^ exact/new :5
};
