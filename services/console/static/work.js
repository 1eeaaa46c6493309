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
    Array.prototype.forEach.call(root.querySelectorAll('[data-picks][hidden], select[data-phrase][hidden]'), function (one) { one.hidden = false; });
  }
  // <div data-show="name of a control" data-equals='["value"]'>: shows while that control has one of the values, and is
  // itself shown. What is hidden is left out by the server too.
  function valuesOf(form, name) {
    return Array.prototype.filter.call(form.elements, function (one) {
      return one.name === name && ((one.type !== 'checkbox' && one.type !== 'radio') || one.checked) && !one.closest('.field[hidden]');
    }).map(function (one) { return one.type === 'checkbox' ? 'true' : one.value; });
  }
  function showFields(form) {
    for (var round = 0; round < 3; round += 1) { // a field may hang on one that hangs on another
      Array.prototype.forEach.call(form.querySelectorAll('[data-show]'), function (box) {
        var wanted = JSON.parse(box.dataset.equals), now = valuesOf(form, box.dataset.show);
        box.hidden = !now.some(function (value) { return wanted.indexOf(value) >= 0; });
      });
    }
  }
  document.addEventListener('input', function (event) {
    if (event.target.form) showFields(event.target.form);
  });
  document.addEventListener('DOMContentLoaded', function () {
    unhide(document);
    Array.prototype.forEach.call(document.forms, showFields);
  });
  document.addEventListener('htmx:afterSwap', function (event) {
    unhide(document);
    Array.prototype.forEach.call(event.target.querySelectorAll('form'), showFields);
  });
})();
