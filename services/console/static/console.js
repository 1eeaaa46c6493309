// What pages do in the browser besides htmx. Plain script, no build; every page works without it where the law of the
// house says so (public pages, task list, claim).
(function () {
  'use strict';
  var csrf = document.querySelector('meta[name=csrf]');
  // htmx requests carry the session's token, as forms do in a hidden field.
  document.addEventListener('htmx:configRequest', function (event) {
    if (csrf) event.detail.headers['X-CSRF'] = csrf.content;
  });
  // A refusal is read at once, by people and by screen readers.
  function focusRefusal(root) {
    var box = root.querySelector('[data-focus]');
    if (box) box.focus();
  }
  document.addEventListener('DOMContentLoaded', function () {
    focusRefusal(document);
    keepTyped();
    askBeforeLeaving();
    warnWhenIdle();
    listen();
  });
  document.addEventListener('htmx:afterSwap', function (event) {
    focusRefusal(event.target);
  });
  document.addEventListener('htmx:sendError', function () {
    var box = document.getElementById('alerts');
    if (box) box.textContent = document.documentElement.lang === 'en' ?
      'No connection. What you typed is still here; try again.' : '网络不通。您填写的内容仍在本页，请稍后重试。';
  });
  // One click, one request.
  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (form.dataset.sent && !form.hasAttribute('hx-post')) { event.preventDefault(); return; }
    form.dataset.sent = '1';
    setTimeout(function () { delete form.dataset.sent; }, 3000);
  });
  // <form data-keep="key">: what is typed survives a reload and a new sign-in in this tab; forgotten once it was sent.
  function keepTyped() {
    document.querySelectorAll('form[data-keep]').forEach(function (form) {
      var key = 'typed:' + form.dataset.keep, kept = {};
      try { kept = JSON.parse(sessionStorage.getItem(key) || '{}'); } catch (error) { kept = {}; }
      Array.prototype.forEach.call(form.elements, function (field) {
        if (!field.name || field.type === 'hidden' || field.type === 'password' || field.type === 'file') return;
        if (!(field.name in kept)) return;
        if (field.type === 'checkbox' || field.type === 'radio') field.checked = kept[field.name].indexOf(field.value) >= 0;
        else if (!field.value) field.value = kept[field.name][0];
      });
      form.addEventListener('input', function () {
        var now = {};
        new FormData(form).forEach(function (value, name) {
          if (typeof value === 'string' && name !== 'csrf') (now[name] = now[name] || []).push(value);
        });
        sessionStorage.setItem(key, JSON.stringify(now));
      });
      form.addEventListener('submit', function () { form.dataset.left = '1'; });
    });
    document.querySelectorAll('[data-forget]').forEach(function (mark) {
      sessionStorage.removeItem('typed:' + mark.dataset.forget);
    });
  }
  // Who signs out leaves nothing typed behind for the next person at this desk.
  document.addEventListener('submit', function (event) {
    if (event.target.getAttribute('action') !== '/logout') return;
    Object.keys(sessionStorage).forEach(function (key) {
      if (key.indexOf('typed:') === 0) sessionStorage.removeItem(key);
    });
  });
  // <form data-guard>: leaving with changes asks first.
  function askBeforeLeaving() {
    document.querySelectorAll('form[data-guard]').forEach(function (form) {
      var changed = false;
      form.addEventListener('input', function () { changed = true; });
      form.addEventListener('submit', function () { changed = false; });
      window.addEventListener('beforeunload', function (event) { if (changed) event.preventDefault(); });
    });
  }
  function warnWhenIdle() {
    var minutes = Number(document.body.dataset.idle || 0), last = Date.now();
    if (!minutes) return;
    document.addEventListener('click', function () { last = Date.now(); });
    document.addEventListener('keydown', function () { last = Date.now(); });
    setInterval(function () {
      var left = minutes - (Date.now() - last) / 60000, box = document.getElementById('alerts');
      if (left < 3 && box && !box.querySelector('.idle')) {
        var note = document.createElement('p');
        note.className = 'idle';
        note.textContent = document.documentElement.lang === 'en' ?
          'You will be signed out soon. Click anywhere to stay.' : '即将因长时间未操作退出登录，点击页面任意处可继续。';
        box.appendChild(note);
      }
    }, 30000);
  }
  // Pages with [data-live] hear that something moved and let htmx fetch that part again.
  function listen() {
    if (!document.querySelector('[data-live]') || !window.EventSource) return;
    var news = new EventSource('/live'), waiting = null;
    news.addEventListener('moved', function () {
      if (waiting) return;
      waiting = setTimeout(function () {
        waiting = null;
        if (window.htmx) window.htmx.trigger(document.body, 'moved');
      }, 700);
    });
  }
  // A scanner types a case number, or the address in the QR code, and Enter: keep the number.
  document.addEventListener('submit', function (event) {
    var field = event.target.querySelector('[data-scan]');
    if (!field) return;
    var found = /[?&]case_no=([0-9A-Z]+)/.exec(field.value);
    field.value = (found ? found[1] : field.value).trim().toUpperCase();
  }, true);
  // Dialogues: <button data-opens="id">, <dialog id>.
  document.addEventListener('click', function (event) {
    var opener = event.target.closest('[data-opens]'), closer = event.target.closest('[data-closes]');
    if (opener) document.getElementById(opener.dataset.opens).showModal();
    if (closer) closer.closest('dialog').close();
  });
  // Phrases: <select data-phrase="field id"> puts its text at the end of the field.
  document.addEventListener('change', function (event) {
    var target = event.target.dataset && event.target.dataset.phrase;
    if (!target || !event.target.value) return;
    var field = document.getElementById(target);
    field.value += (field.value ? '\n' : '') + event.target.value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    event.target.selectedIndex = 0;
    field.focus();
  });
})();
