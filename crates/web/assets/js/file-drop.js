// <file-drop to="/tickets/7/uploads">: files that are chosen, dropped or pasted go ahead at once, one after the other. The
// server answers with the list of those that wait; the form carries their token. Sending waits until all are there.
customElements.define('file-drop', class extends HTMLElement {
  connectedCallback() {
    this.form = this.closest('form');
    this.list = this.querySelector('[data-files]');
    this.input = this.querySelector('input[type=file]');
    this.last = Promise.resolve();
    this.pending = 0;
    this.input.addEventListener('change', () => { this.add(this.input.files); this.input.value = ''; });
    this.list.addEventListener('click', (event) => this.remove(event));
    const has = (event) => event.dataTransfer?.types.includes('Files');
    const over = (yes) => this.form.classList.toggle('dropping', yes);
    this.form.addEventListener('dragover', (event) => { if (has(event)) { event.preventDefault(); over(true); } });
    this.form.addEventListener('dragleave', () => over(false));
    this.form.addEventListener('drop', (event) => { if (has(event)) { event.preventDefault(); over(false); this.add(event.dataTransfer.files); } });
    this.form.addEventListener('paste', (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      this.add(event.clipboardData.files);
    });
    this.form.addEventListener('submit', (event) => {
      if (!this.pending) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.last.then(() => this.form.requestSubmit(event.submitter));
    }, true);
  }
  add(files) {
    for (const file of [...files]) {
      const line = document.createElement('p');
      const bar = document.createElement('progress');
      const name = document.createElement('span');
      name.textContent = file.name;
      name.dir = 'auto';
      bar.max = 1;
      bar.value = 0;
      bar.ariaLabel = file.name;
      line.append(name, bar);
      this.append(line);
      this.pending += 1;
      this.last = this.last.then(() => this.post({ files: file }, bar)).then((why) => {
        this.pending -= 1;
        if (why === undefined) return line.remove();
        line.className = 'error';
        line.role = 'alert';
        line.textContent = answerable.say('fileFailed', { name: file.name, why });
      });
    }
  }
  remove(event) {
    const button = event.target.closest('button[name=remove]');
    if (!button) return;
    event.preventDefault();
    this.last = this.last.then(() => this.post({ remove: button.value })).then(() => this.input.focus());
  }
  // Why it was refused; nothing if it was taken.
  post(what, bar) {
    const { csrf, upload } = this.form.elements;
    const data = new FormData();
    Object.entries({ csrf: csrf.value, upload: upload?.value ?? '', id: this.list.closest('form').id.replace(/-form$/, ''), ...what })
      .forEach(([name, value]) => data.append(name, value));
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open('POST', this.getAttribute('to'));
      request.setRequestHeader('HX-Request', 'true');
      if (bar) request.upload.onprogress = ({ loaded, total }) => { bar.value = loaded / total; };
      request.onload = () => {
        if (request.status !== 200) return done(request.responseText || request.status);
        this.list.innerHTML = request.responseText;
        this.form.querySelector('textarea').dispatchEvent(new Event('input', { bubbles: true }));
        done();
      };
      request.onerror = () => done(answerable.say('offline', { time: answerable.time() }));
      request.send(data);
    });
  }
});
