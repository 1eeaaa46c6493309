// The window's pages: the list of items narrows while one types; a paper that is counted is ticked, and one that is ticked is counted.
(function () {
  'use strict';
  document.addEventListener('input', function (event) {
    var field = event.target, list = field.dataset.filter && document.getElementById(field.dataset.filter);
    if (list) narrow(list, field.value.toLowerCase().split(/\s+/));
    var row = field.closest('[data-paper]');
    if (row) agree(row, field);
  });
  function narrow(list, words) {
    Array.prototype.forEach.call(list.children, function (item) {
      var some = false;
      item.querySelectorAll('[data-text]').forEach(function (choice) {
        var text = choice.dataset.text.toLowerCase();
        choice.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
        some = some || !choice.hidden;
      });
      item.hidden = !some;
    });
  }
  function agree(row, field) {
    var tick = row.querySelector('[type=checkbox]'), counts = row.querySelectorAll('[type=number]');
    var total = Number(counts[0].value) + Number(counts[1].value);
    if (field !== tick) { tick.checked = total > 0; return; }
    if (tick.checked && !total) counts[0].value = '1';
    if (!tick.checked) { counts[0].value = ''; counts[1].value = ''; }
  }
  document.addEventListener('DOMContentLoaded', function () {
    document.querySelectorAll('[data-print]').forEach(function (button) {
      button.hidden = false;
      button.addEventListener('click', function () { window.print(); });
    });
  });
})();
