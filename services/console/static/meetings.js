/* The agenda by dragging (the buttons do the same), and the print button. */
(function () {
  "use strict";
  var list = document.querySelector("[data-agenda]"), form = document.getElementById("order"), held = null;
  if (list && form) {
    list.addEventListener("dragstart", function (event) {
      held = event.target.closest("[data-task]");
      if (held) { held.classList.add("dragged"); event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", held.dataset.task); }
    });
    list.addEventListener("dragover", function (event) {
      var over = event.target.closest("[data-task]");
      if (!held || !over || over === held) { return; }
      event.preventDefault();
      var box = over.getBoundingClientRect();
      list.insertBefore(held, event.clientY < box.top + box.height / 2 ? over : over.nextSibling);
    });
    list.addEventListener("drop", function (event) { event.preventDefault(); });
    list.addEventListener("dragend", function () {
      if (!held) { return; }
      held.classList.remove("dragged");
      held = null;
      var now = Array.prototype.map.call(list.querySelectorAll("[data-task]"), function (one) { return one.dataset.task; });
      var was = Array.prototype.slice.call(form.querySelectorAll("[name=order]"));
      if (was.map(function (one) { return one.value; }).join() === now.join()) { return; }
      was.forEach(function (one, place) { one.value = now[place]; });
      form.submit();
    });
  }
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.addEventListener("click", function () { window.print(); });
  });
})();
