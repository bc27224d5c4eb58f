exports.round = function (value) {
  return Math.round(value);
  //          ^ external external:global#Math.round
};
exports.total = total;

function total(list) {
  var table = { add(a) { return a; }, twice: (b) => b };
  var other = { add(a) { return a; } };
  table.add(1);
  //    ^ resolved/call :8
  other.add(1);
  //    ^ resolved/call :9
  table.twice(2);
  //    ^ resolved/call :8
  return exports.round(list.length);
}
