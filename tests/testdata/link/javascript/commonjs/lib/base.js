class Money {
  constructor(amount) {
    this.amount = amount;
  }
}
module.exports = { Money };
