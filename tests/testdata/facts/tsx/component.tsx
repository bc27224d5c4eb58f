import React, { useState } from 'react';
import * as UI from './ui';

interface Props { title: string; onClose?: () => void }

export const Card: React.FC<Props> = ({ title, onClose = noop }) => {
  const [open, setOpen] = useState<boolean>(false);
  const close = () => { setOpen(!open); onClose(); };
  return (
    <UI.Panel onClick={close} {...rest}>
      <h1 className="t">{title}</h1>
      {open && <Item key={1} render={() => <Item />} />}
      <></>
    </UI.Panel>
  );
};

function Item<T,>({ key }: { key: T }) {
  return <li>{key}</li>;
}

export default React.memo(Card);
