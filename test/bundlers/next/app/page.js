'use client';

import { useEffect } from 'react';
import { compute } from '../party.js';

let begun = false;

export default function Page() {
  useEffect(() => {
    if (!begun) compute();
    begun = true;
  }, []);
  return (
    <main>
      <p id="link" />
      <p id="result" />
    </main>
  );
}
