// Pages of work. Everything here only adds comfort: without it every field shows and every button still works.
(function () {
  'use strict';
  // <button data-picks="name">: tick all boxes of that name, or none.
  document.addEventListener('click', function (event) {
    var all = event.target.closest('[data-picks]');
    if (!all) return;
    var boxes = all.form.querySelectorAll('input[name="' + all.dataset.picks + '"]');
    var some = Array.prototype.some.call(boxes, function (box) { return !box.checked; });
    Array.prototype.forEach.call(boxes, function (box) { box.checked = some; });
  });
  function unhide(root) {
    Array.prototype.forEach.call(root.querySelectorAll('[data-picks][hidden]'), function (one) { one.hidden = false; });
  }
  document.addEventListener('DOMContentLoaded', function () { unhide(document); });
  document.addEventListener('htmx:afterSwap', function () { unhide(document); });
})();
