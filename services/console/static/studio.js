// Small things of the studio's pages outside the editor.
(function () {
  'use strict';
  // <select data-goes> opens at once what was chosen; without scripts there is the button beside it.
  document.addEventListener('change', function (event) {
    if (!event.target.matches || !event.target.matches('select[data-goes]')) return;
    var page = document.getElementById('studio'), saving = page && page.saving, form = event.target.form;
    if (saving) saving.save(false).then(function (kept) { if (kept) form.submit(); });
    else form.submit();
  });
})();
